using Gateway.Benchmarks.Running;
using Gateway.Testing;

namespace Gateway.Benchmarks.Nodes;

/// <summary>
/// The pairs of the turns benchmark by 1, 2 and 4 processes over one PostgreSQL, the same callers in all: each process on the
/// accounts homed at it first, and for comparison every process on every account.
/// </summary>
internal static class NodesBenchmark
{
    public const int AccountCount = 50;
    public const int SlotCount = 10;

    private const int Callers = 256;
    private const int MostProcesses = 4;
    private static readonly (int Processes, double Target)[] Targets = [(2, 0.9), (4, 0.6)];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        await using var postgres = await PostgresServer.StartAsync();
        var database = await postgres.CreateDatabaseAsync("bench");
        Console.WriteLine($"PostgreSQL: {await Durability.OfAsync(database)}");
        await using (
            var engine = await EngineUnderTest.StartAsync(
                Stores.Postgres(database))) await engine.MakeAccountsAsync(AccountCount, SlotCount);

        await using var resources = new Resources();
        List<NodeChild> children = [];
        for (var number = 0; number < MostProcesses; number++) children.Add(resources.Own(await NodeChild.StartAsync(database)));

        List<Cell> cells = [CellOf(children, 1, homes: true)];
        foreach (var (processes, _) in Targets)
            cells.AddRange([CellOf(children, processes, homes: true), CellOf(children, processes, homes: false)]);
        var medians = await Rounds.RunAsync(cells, arguments.Whole("rounds", 3), TimeSpan.FromSeconds(arguments.Number("seconds", 2.5)));
        Rounds.Print(medians, "pair");
        Judge(cells, medians);
        await resources.DisposeAsync();
        await PostgresServer.DropDatabaseAsync(database);
        return 0;
    }

    private static Cell CellOf(IReadOnlyList<NodeChild> children, int processes, bool homes)
    {
        NodeChild[] chosen = [.. children.Take(processes)];
        string[] members = homes ? [.. chosen.Select(child => child.Incarnation)] : [];
        return new Cell(Name(processes, homes), Callers, async (length, seed) =>
        {
            var measures = await Task.WhenAll(
                chosen.Select(
                    (child, number) =>
                        child.RunAsync(
                            new NodeCommand(members, length.TotalSeconds, Callers / processes, (seed * MostProcesses) + number))));
            return new Measure(
                measures.Sum(measure => measure.PerSecond), measures.Max(measure => measure.P50), measures.Max(measure => measure.P99),
                measures.Average(measure => measure.CpuMicros), measures.Average(measure => measure.Bytes));
        });
    }

    private static string Name(int processes, bool homes) => (processes, homes) switch
    {
        (1, _) => "1 process",
        (_, true) => $"{processes} processes, each at home first",
        (_, false) => $"{processes} processes, each everywhere",
    };

    private static void Judge(IReadOnlyList<Cell> cells, IReadOnlyDictionary<Cell, Measure> medians)
    {
        var one = medians[cells[0]].PerSecond;
        Console.WriteLine();
        foreach (var cell in cells.Skip(1))
        {
            var ratio = medians[cell].PerSecond / one;
            var target = Targets.First(target => cell.What.StartsWith($"{target.Processes} ", StringComparison.Ordinal)).Target;
            Console.WriteLine($"{cell.What} / 1 process: {ratio:N2} (target {target:N1}: {(ratio >= target ? "met" : "missed")})");
        }
    }
}
