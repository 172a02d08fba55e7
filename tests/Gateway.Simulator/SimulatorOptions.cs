namespace Gateway.Simulator;

public sealed record SimulatorOptions
{
    /// <summary>Where to listen. Port 0 picks a free one; the default.</summary>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>Keys with settings of their own. Others get <see cref="DefaultKey"/> on first use.</summary>
    public IReadOnlyDictionary<string, KeySettings> Keys { get; init; } = new Dictionary<string, KeySettings>();

    /// <summary>Settings of a key that shows up without being listed in <see cref="Keys"/>.</summary>
    public KeySettings DefaultKey { get; init; } = new();

    /// <summary>When set, a key that is not in <see cref="Keys"/> is answered 1004. Default: any key works.</summary>
    public bool KnownKeysOnly { get; init; }

    /// <summary>Shortest run of a task. Default 3 s; a key may override it.</summary>
    public TimeSpan MinTaskDuration { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest run of a task. Default 3 s; a key may override it.</summary>
    public TimeSpan MaxTaskDuration { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Tasks stay <c>Processing</c> until the test finishes them. Default off.</summary>
    public bool ManualTasks { get; init; }

    public ChatSettings Chat { get; init; } = new();

    public MediaSettings Media { get; init; } = new();

    /// <summary>Size of a served video. Default 4096.</summary>
    public int FileBytes { get; init; } = 4096;

    /// <summary>How many of the latest requests the ledger keeps with their raw bodies. Default 1000.</summary>
    public int RecordedRequests { get; init; } = 1000;

    /// <summary>Seeds task durations and fault dice, so that a run can be repeated.</summary>
    public int Seed { get; init; } = 1;

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
