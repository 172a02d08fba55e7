using System.Diagnostics;
using Gateway.Benchmarks.Running;
using Gateway.Testing;

namespace Gateway.Benchmarks.Stress;

/// <summary>
/// Two processes over one PostgreSQL take random turns on few accounts. In odd rounds each has accounts of its own, so that
/// only the jobs are fought for; in even rounds they share all, and one process is killed midway and replaced. A judge then
/// replays what they saw. Exit code 1 when it finds a violation.
/// </summary>
internal static class StressRun
{
    private const double SecondsPerRound = 2.5;
    private const int MostAccounts = 8;
    private const int MaxJobs = 3;
    private const string ProcessVerb = "stress-process";

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var seed = arguments.Whole("seed", Environment.TickCount & 0xFFFF);
        var rounds = Math.Max(2, (int)(arguments.Number("seconds", 10) / SecondsPerRound)); // one without and one with a kill, at least
        var length = TimeSpan.FromSeconds(arguments.Number("seconds", 10) / rounds);
        Console.WriteLine($"stress: seed {seed}, {rounds} rounds of {length.TotalSeconds:N1} s");

        await using var postgres = await PostgresServer.StartAsync();
        var dice = new Random(seed);
        var failed = false;
        for (var round = 1; round <= rounds; round++) failed |= !await RunRoundAsync(postgres, round, length, dice);
        Console.WriteLine(failed ? $"stress: FAILED, repeat with --seed {seed}" : "stress: no violation");
        return failed ? 1 : 0;
    }

    private static async Task<bool> RunRoundAsync(PostgresServer postgres, int round, TimeSpan length, Random dice)
    {
        var database = await postgres.CreateDatabaseAsync("bench");
        var scratch = Directory.CreateTempSubdirectory("gateway-stress-").FullName;
        var killed = new List<string>();
        var accounts = 2 + dice.Next(MostAccounts - 1); // few: the processes wait for each other; many: they overtake each other
        var judge = new Judge(accounts, MaxJobs, killed);
        var setUp = Path.Combine(scratch, "set-up");
        await PrepareAsync(database, accounts, setUp);

        await using (var nodes = new Nodes(database, scratch, dice))
        {
            var shared = round % 2 == 0;
            var all = Enumerable.Range(1, accounts).ToArray();
            await Task.WhenAll(
                nodes.StartAsync(shared ? all : all[..(accounts / 2)]), nodes.StartAsync(shared ? all : all[(accounts / 2)..]));
            var share = shared ? 0.2 + dice.NextDouble() * 0.6 : 1;
            await Task.Delay(length * share, TimeProvider.System);
            if (share < 1)
            {
                killed.Add(await nodes.KillAndReplaceAsync());
                await Task.Delay(length * (1 - share), TimeProvider.System);
            }

            foreach (var failure in await nodes.StopAsync()) judge.Report(failure);
            foreach (var history in nodes.Histories) judge.Read(history);
        }

        judge.Read(setUp);
        await using (var store = Stores.Postgres(database)) await judge.JudgeAsync(store, database);
        Console.WriteLine($"  round {round}: {accounts} accounts, {judge.Summary}, {judge.Violations.Count} violations");
        foreach (var violation in judge.Violations.Take(20)) Console.WriteLine($"    {violation}");
        await PostgresServer.DropDatabaseAsync(database);
        if (judge.Violations.Count == 0) Directory.Delete(scratch, recursive: true);
        else Console.WriteLine($"    histories: {scratch}");
        return judge.Violations.Count == 0;
    }

    private static async Task PrepareAsync(string database, int accounts, string history)
    {
        using var writer = new HistoryWriter(history) { Incarnation = "" };
        await using var engine = await EngineUnderTest.StartAsync(Stores.Postgres(database), writer);
        writer.Incarnation = engine.Node.Incarnation;
        await engine.MakeAccountsAsync(accounts, MaxJobs);
        await engine.Store.Nodes.LeaveAsync(engine.Node.Incarnation, CancellationToken.None);
    }

    /// <summary>The processes of one round.</summary>
    private sealed class Nodes(string database, string scratch, Random dice) : IAsyncDisposable
    {
        private readonly List<(Process Process, string Incarnation, int[] Accounts)> _running = [];

        public List<string> Histories { get; } = [];

        public async Task StartAsync(int[] accounts, string adopt = "")
        {
            var history = Path.Combine(scratch, $"history-{Histories.Count}");
            Histories.Add(history);
            var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!,
            [
                .. Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal)
                    ? [typeof(StressRun).Assembly.Location]
                    : Array.Empty<string>(),
                ProcessVerb, "--database", database, "--history", history, "--seed", $"{dice.Next(1_000_000)}", "--accounts",
                string.Join(',', accounts), "--adopt", adopt,
            ])
            { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            var incarnation = await process.StandardOutput.ReadLineAsync()
                ?? throw new InvalidOperationException("A stress process did not start.");
            lock (_running) _running.Add((process, incarnation, accounts)); // two start at once
        }

        /// <summary>SIGKILL at no moment of its own choosing; another process takes over what it held.</summary>
        public async Task<string> KillAndReplaceAsync()
        {
            var victim = _running[dice.Next(_running.Count)];
            _running.Remove(victim);
            victim.Process.Kill();
            await victim.Process.WaitForExitAsync();
            victim.Process.Dispose();

            await using (var store = Stores.Postgres(database)) await store.Nodes.LeaveAsync(victim.Incarnation, CancellationToken.None);
            await StartAsync(victim.Accounts, victim.Incarnation);
            return victim.Incarnation;
        }

        /// <summary>Lets them end; answers who did not end well.</summary>
        public async Task<IReadOnlyList<string>> StopAsync()
        {
            List<string> failures = [];
            // not the writer: a process that died has no one to flush to
            foreach (var (process, _, _) in _running) process.StandardInput.BaseStream.Close();
            foreach (var (process, incarnation, _) in _running)
            {
                await process.WaitForExitAsync();
                if (process.ExitCode != 0) failures.Add($"process {incarnation} ended with {process.ExitCode}, see above");
            }

            return failures;
        }

        public ValueTask DisposeAsync()
        {
            foreach (var (process, _, _) in _running)
            {
                if (!process.HasExited) process.Kill();
                process.Dispose();
            }

            return ValueTask.CompletedTask;
        }
    }
}
