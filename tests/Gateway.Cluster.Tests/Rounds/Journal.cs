using System.Globalization;

namespace Gateway.Cluster.Tests.Rounds;

/// <summary>One line per round, kept with the code; and the table for people made of it.</summary>
internal sealed class Journal(string path, string commit)
{
    private const char Separator = '\t';

    private static readonly Promise[] Promises = Enum.GetValues<Promise>();

    private static readonly string Header = string.Join(Separator, [
        "date", "commit", "seed", "scenario", "jobs", "calls", "unknown", "lost", "second submits", "above maxJobs", "over budget",
        "slots leaked", "events missed", "other", "seconds"]);

    public async Task AddAsync(RoundReport report)
    {
        if (!File.Exists(path)) await File.AppendAllTextAsync(path, Header + "\n");
        string[] line =
        [
            TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            commit,
            $"{report.Seed}",
            report.Scenario,
            $"{report.Jobs}",
            $"{report.Calls}",
            $"{report.Unknown}",
            .. Promises.Select(promise => $"{report.Count(promise)}"),
            report.Took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture),
        ];
        await File.AppendAllTextAsync(path, string.Join(Separator, line) + "\n");
    }

    /// <summary>Everything written about this commit, by scenario, as a table in Markdown.</summary>
    public async Task<string> TableAsync()
    {
        var lines = (await File.ReadAllLinesAsync(path)).Skip(1)
            .Select(line => line.Split(Separator))
            .Where(line => line[1] == commit)
            .ToList();
        var rows = lines.GroupBy(line => line[3])
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Row(group.Key, [.. group]));
        return string.Join('\n', [
            "| Scenario | Rounds | Jobs | Calls | Unknown fate | Lost | Second submits | Above maxJobs | Over budget | Slots leaked | " +
                "Events missed | Other | Longest round |",
            "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|", .. rows, Row("**all**", lines)]);
    }

    private static string Row(string name, IReadOnlyList<string[]> lines)
    {
        var sums = Enumerable.Range(4, 3 + Promises.Length).Select(
            column => $"{lines.Sum(line => long.Parse(line[column], CultureInfo.InvariantCulture))}");
        var longest = lines.Max(line => double.Parse(line[^1], CultureInfo.InvariantCulture));
        return $"| {string.Join(" | ", [name, $"{lines.Count}", .. sums, string.Create(CultureInfo.InvariantCulture, $"{longest:0.0} s")])} |";
    }
}
