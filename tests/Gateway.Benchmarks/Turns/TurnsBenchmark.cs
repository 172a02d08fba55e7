using Gateway.Benchmarks.Running;
using Gateway.Engine.Storage;
using Gateway.Model.Accounts;
using Gateway.Model.Kinds;
using Gateway.Testing;

namespace Gateway.Benchmarks.Turns;

/// <summary>
/// Pairs of acquire and release on 50 accounts with 10 slots each: the engine beside one statement per operation, on the
/// same databases, in interleaved rounds.
/// </summary>
internal static class TurnsBenchmark
{
    public const int AccountCount = 50;
    public const int SlotCount = 10;

    private const double LeastSqliteGain = 15;
    private const double LeastPostgresGain = 4;
    private static readonly int[] Callers = [1, 16, 64, 256];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var only = arguments.Text("only");
        var scratch = Directory.CreateTempSubdirectory("gateway-bench-").FullName;
        await using var resources = new Resources();
        List<Cell> cells = [];
        if (only is null or "sqlite") await AddSqliteAsync(cells, resources, scratch);
        if (only is null or "postgres") await AddPostgresAsync(cells, resources);

        if (arguments.Text("callers") is { } callers) cells.RemoveAll(cell => cell.Callers != int.Parse(callers));
        if (arguments.Text("what") is { } what) cells.RemoveAll(cell => !cell.What.Contains(what, StringComparison.OrdinalIgnoreCase));
        var medians = await Rounds.RunAsync(cells, arguments.Whole("rounds", 3), TimeSpan.FromSeconds(arguments.Number("seconds", 3)));
        Rounds.Print(medians, "pair");
        Judge(medians);
        await resources.DisposeAsync();
        Directory.Delete(scratch, recursive: true);
        return 0;
    }

    private static async Task AddSqliteAsync(List<Cell> cells, Resources resources, string scratch)
    {
        var engine = resources.Own(await EngineAsync(Stores.Sqlite(Path.Combine(scratch, "engine"))));
        cells.AddRange(Cells("SQLite, engine", callers => Pair(engine)));
        var plain = resources.Own(SqlitePerStatement.Open(Path.Combine(scratch, "plain.db")));
        cells.AddRange(Cells("SQLite, one statement per operation", callers => plain.PairAsync));
    }

    private static async Task AddPostgresAsync(List<Cell> cells, Resources resources)
    {
        var postgres = resources.Own(await PostgresServer.StartAsync());
        var database = await postgres.CreateDatabaseAsync("bench");
        Console.WriteLine($"PostgreSQL: {await Durability.OfAsync(database)}");
        resources.OnDispose(() => PostgresServer.DropDatabaseAsync(database));

        var engine = resources.Own(await EngineAsync(Stores.Postgres(database)));
        cells.AddRange(Cells("PostgreSQL, engine", callers => Pair(engine)));
        foreach (var shape in Enum.GetValues<PlainShape>())
        {
            var plain = resources.Own(await PostgresPerStatement.OpenAsync(database, shape));
            cells.AddRange(
                Cells($"PostgreSQL, one statement per operation, {PostgresPerStatement.Describe(shape)}", callers => plain.PairAsync));
        }
    }

    private static IEnumerable<Cell> Cells(string what, Func<int, Func<Random, CancellationToken, Task>> operation) =>
        Callers.Select(callers => new Cell(what, callers, (length, seed) => Load.RunAsync(callers, length, seed, operation(callers))));

    private static async Task<EngineUnderTest> EngineAsync(IGatewayStore store)
    {
        var engine = await EngineUnderTest.StartAsync(store);
        await engine.MakeAccountsAsync(AccountCount, SlotCount);
        return engine;
    }

    private static Func<Random, CancellationToken, Task> Pair(EngineUnderTest engine)
    {
        var work = new Work(JobKind.Chat, "MiniMax-M2");
        return async (dice, cancellationToken) =>
        {
            while (true)
            {
                var id = EngineUnderTest.IdOf(1 + dice.Next(AccountCount));
                var acquired = await engine.Accounts.AcquireAsync(id, engine.Ask(work), cancellationToken);
                if (acquired.Lease is not { } lease) continue;
                await engine.Accounts.ReleaseAsync(id, lease.Id, new Settlement.Done(), cancellationToken);
                return;
            }
        };
    }

    private static void Judge(IReadOnlyDictionary<Cell, Measure> medians)
    {
        double Rate(string what, int callers) =>
            medians.Where(entry => entry.Key.What == what && entry.Key.Callers == callers)
                .Select(entry => entry.Value.PerSecond)
                .FirstOrDefault();
        double Best(string what) =>
            medians.Where(entry => entry.Key.What.StartsWith(what, StringComparison.Ordinal))
                .Select(entry => entry.Value.PerSecond)
                .DefaultIfEmpty()
                .Max();

        Console.WriteLine();
        Say("SQLite, engine: 256 callers / 1 caller", Rate("SQLite, engine", 256), Rate("SQLite, engine", 1), LeastSqliteGain);
        Say("PostgreSQL: engine at 256 callers / one statement per operation at its best",
            Rate("PostgreSQL, engine", 256), Best("PostgreSQL, one statement"), LeastPostgresGain);
    }

    private static void Say(string what, double rate, double reference, double least)
    {
        if (rate == 0 || reference == 0) return;
        Console.WriteLine($"{what}: {rate / reference:N1} (target {least:N0}: {(rate / reference >= least ? "met" : "missed")})");
    }
}
