using System.Diagnostics;

namespace Gateway.Benchmarks.Running;

/// <summary>What one cell measured.</summary>
/// <param name="PerSecond">Operations that ended, per second.</param>
/// <param name="P50">Median time of one operation, milliseconds.</param>
/// <param name="P99">99th percentile, milliseconds.</param>
/// <param name="CpuMicros">User and system time of this process per operation: steadier than the rate on a shared machine.</param>
/// <param name="Bytes">Bytes allocated per operation.</param>
internal sealed record Measure(double PerSecond, double P50, double P99, double CpuMicros, double Bytes)
{
    /// <summary>The medians over rounds, figure by figure.</summary>
    public static Measure Median(IReadOnlyCollection<Measure> rounds) => new(
        Middle(rounds, round => round.PerSecond), Middle(rounds, round => round.P50), Middle(rounds, round => round.P99),
        Middle(rounds, round => round.CpuMicros), Middle(rounds, round => round.Bytes));

    private static double Middle(IReadOnlyCollection<Measure> rounds, Func<Measure, double> figure)
    {
        var sorted = rounds.Select(figure).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>Closed-loop callers: each starts its next operation when the last one has ended.</summary>
internal static class Load
{
    /// <param name="callers">How many run at once.</param>
    /// <param name="length">For how long; operations under way at the end are waited for and not counted.</param>
    /// <param name="seed">Each caller has dice of its own.</param>
    /// <param name="operation">One operation.</param>
    public static async Task<Measure> RunAsync(int callers, TimeSpan length, int seed, Func<Random, CancellationToken, Task> operation)
    {
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var started = Stopwatch.GetTimestamp();
        var end = started + (long)(length.TotalSeconds * Stopwatch.Frequency);

        // Task.Run: SQLite's baseline never leaves its caller's thread.
        var runs = Enumerable.Range(0, callers).Select(
            caller => Task.Run(() => CallAsync(new Random(seed * 1000 + caller), end, operation)));
        var times = (await Task.WhenAll(runs)).SelectMany(time => time).ToArray();

        process.Refresh();
        var used = process.TotalProcessorTime - cpu;
        var bytes = GC.GetTotalAllocatedBytes() - allocated;
        Array.Sort(times);
        return new Measure(
            times.Length / length.TotalSeconds, Milliseconds(times, 0.50), Milliseconds(times, 0.99),
            used.TotalMicroseconds / Math.Max(1, times.Length), (double)bytes / Math.Max(1, times.Length));
    }

    private static async Task<List<long>> CallAsync(Random dice, long end, Func<Random, CancellationToken, Task> operation)
    {
        // Cancellable as in the gateway, where every caller may leave, and each caller's own as there.
        using var leave = new CancellationTokenSource();
        List<long> times = [];
        for (var before = Stopwatch.GetTimestamp(); before < end;)
        {
            await operation(dice, leave.Token);
            var after = Stopwatch.GetTimestamp();
            if (after <= end) times.Add(after - before);
            before = after;
        }

        return times;
    }

    /// <summary>The value below which a share of the sorted values lies.</summary>
    public static double Percentile(IReadOnlyList<double> sorted, double share) =>
        sorted.Count == 0 ? double.NaN : sorted[(int)((sorted.Count - 1) * share)];

    private static double Milliseconds(long[] sorted, double share) =>
        sorted.Length == 0 ? double.NaN : sorted[(int)((sorted.Length - 1) * share)] * 1000.0 / Stopwatch.Frequency;
}
