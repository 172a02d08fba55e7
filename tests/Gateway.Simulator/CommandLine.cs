namespace Gateway.Simulator;

/// <summary>The options of <c>dotnet run</c>. See the README for the list.</summary>
internal static class CommandLine
{
    public static SimulatorOptions Read(string[] args)
    {
        IConfiguration line = new ConfigurationBuilder().AddCommandLine(args).Build();
        return new SimulatorOptions
        {
            Url = line["urls"] ?? "http://127.0.0.1:9090",
            Keys = Keys(line["keys"]),
            KnownKeysOnly = line.GetValue("known-keys-only", false),
            ManualTasks = line.GetValue("manual-tasks", false),
            Seed = line.GetValue("seed", 1),
            MinTaskDuration = TimeSpan.FromSeconds(line.GetValue("task-seconds", 3.0)),
            MaxTaskDuration = TimeSpan.FromSeconds(line.GetValue("max-task-seconds", line.GetValue("task-seconds", 3.0))),
            Chat = new ChatSettings
            {
                FirstByte = TimeSpan.FromMilliseconds(line.GetValue("first-byte-ms", 0)),
                BetweenFrames = TimeSpan.FromMilliseconds(line.GetValue("frame-ms", 0)),
                ContentFrames = line.GetValue("frames", 4),
            },
        };
    }

    private static Dictionary<string, KeySettings> Keys(string? list) =>
        (list ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .ToDictionary(static key => key, static _ => new KeySettings());
}
