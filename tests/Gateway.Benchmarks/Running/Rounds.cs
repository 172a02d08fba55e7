namespace Gateway.Benchmarks.Running;

/// <summary>One cell of a table: what runs, and with how many callers.</summary>
internal sealed record Cell(string What, int Callers, Func<TimeSpan, int, Task<Measure>> RunAsync);

/// <summary>
/// Runs the cells one after the other, round after round, so that what else happens on the machine weighs on all of them
/// alike. One more round before the first warms up and is not counted.
/// </summary>
internal static class Rounds
{
    public static async Task<IReadOnlyDictionary<Cell, Measure>> RunAsync(IReadOnlyList<Cell> cells, int rounds, TimeSpan length)
    {
        var measured = cells.ToDictionary(cell => cell, _ => new List<Measure>());
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var cell in cells)
            {
                var measure = await cell.RunAsync(round == 0 ? length / 3 : length, round);
                if (round > 0) measured[cell].Add(measure);
                Console.Error.WriteLine($"round {round}: {cell.What}, {cell.Callers} callers: {measure.PerSecond:N0}/s");
            }
        }

        return measured.ToDictionary(entry => entry.Key, entry => Measure.Median(entry.Value));
    }

    public static void Print(IReadOnlyDictionary<Cell, Measure> medians, string unit)
    {
        Console.WriteLine($"| what | callers | {unit}/s | p50 ms | p99 ms | CPU µs/{unit} | bytes/{unit} |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        foreach (var (cell, median) in medians)
            Console.WriteLine(
                $"| {cell.What} | {cell.Callers} | {median.PerSecond:N0} | {median.P50:N2} | {median.P99:N2} | {median.CpuMicros:N0} | " +
                    $"{median.Bytes:N0} |");
    }
}
