using System.Text.Json;
using Gateway.Benchmarks.Running;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Benchmarks.Nodes;

/// <summary>One process of the benchmark: runs what it is told on its standard input and answers with what it measured.</summary>
internal sealed class NodeProcess(EngineUnderTest engine)
{
    private static readonly Work Call = new(JobKind.Chat, "MiniMax-M2");
    private static readonly AccountId[] All = [.. Enumerable.Range(1, NodesBenchmark.AccountCount).Select(EngineUnderTest.IdOf)];

    private AccountId[] _home = All;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        await using var engine = await EngineUnderTest.StartAsync(Stores.Postgres(arguments.Text("database")!));
        Console.WriteLine(engine.Node.Incarnation);
        var process = new NodeProcess(engine);
        while (await Console.In.ReadLineAsync() is { } line)
            Console.WriteLine(
                JsonSerializer.Serialize(
                    await process.RunAsync(JsonSerializer.Deserialize<NodeCommand>(line, NodeChild.Json)!), NodeChild.Json));
        return 0;
    }

    private Task<Measure> RunAsync(NodeCommand command)
    {
        engine.Homes.Set(command.Members);
        _home = [.. All.Where(engine.Homes.Has)];
        return Load.RunAsync(command.Callers, TimeSpan.FromSeconds(command.Seconds), command.Seed, PairAsync);
    }

    // As the router picks: at home first, then anywhere.
    private async Task PairAsync(Random dice, CancellationToken cancellationToken)
    {
        for (var among = _home; ; among = All)
        {
            var id = among[dice.Next(among.Length)];
            var acquired = await engine.Accounts.AcquireAsync(id, engine.Ask(Call), cancellationToken);
            if (acquired.Lease is not { } lease) continue;
            await engine.Accounts.ReleaseAsync(id, lease.Id, new Settlement.Done(), cancellationToken);
            return;
        }
    }
}
