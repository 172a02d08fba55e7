using Gateway.Benchmarks.Running;

namespace Gateway.Benchmarks.Shards;

/// <summary>
/// What it costs to cut one pool of accounts into several databases: waits and idle slots by number of shards. A simulation, the same on
/// every machine.
/// </summary>
internal static class ShardsBenchmark
{
    private const int Slots = 400;
    private const double Day = 86_400;
    private static readonly int[] Shards = [1, 2, 4, 8];

    public static Task<int> RunAsync(Arguments arguments)
    {
        var seed = arguments.Whole("seed", 1);
        Console.WriteLine($"{Slots} slots, {Workload.Teams} teams, a day, seed {seed}; waits in seconds");
        Console.WriteLine("| load | assignment | shards | p50 wait | p99 wait | busy | idle while others wait |");
        Console.WriteLine("|---:|---|---:|---:|---:|---:|---:|");
        foreach (var load in new[] { 0.6, 0.75, 0.9 })
        {
            var arrivals = Workload.Make(seed, Slots, load, Day);
            foreach (var assignment in Assignments) Print(load, assignment, arrivals);
        }

        return Task.FromResult(0);
    }

    /// <summary>A way to cut a pool: what a shard is given, and where a job goes.</summary>
    private sealed record Assignment(string Name, Func<int, int[]> SlotsOf, Func<int, Func<int, int, int>> ShardOf);

    private static readonly Assignment[] Assignments =
    [
        new("teams by key, accounts alike", Alike, shards => (team, _) => HomeOf(team, shards)),
        new("teams by key, accounts by demand", ByDemand, shards => (team, _) => HomeOf(team, shards)),
        new("jobs by key, accounts alike", Alike, shards => (_, job) => HomeOf(job, shards)),
    ];

    private static void Print(double load, Assignment assignment, IReadOnlyList<Arrival> arrivals)
    {
        foreach (var shards in Shards)
        {
            var outcome = new ShardSimulation(assignment.SlotsOf(shards), assignment.ShardOf(shards)).Run(arrivals);
            Console.WriteLine(
                $"| {load:P0} | {assignment.Name} | {shards} | {outcome.P50:N0} | {outcome.P99:N0} | {outcome.Busy:P0} | " +
                    $"{outcome.Stranded:P1} |");
        }
    }

    private static int[] Alike(int shards) => [.. Enumerable.Repeat(Slots / shards, shards)];

    // As an operator would who looks at last week: each shard as many slots as its teams' share of the whole, the rounding to the first.
    private static int[] ByDemand(int shards)
    {
        var slots = new int[shards];
        for (var shard = 0; shard < shards; shard++)
            slots[shard] = (int)(
                Slots * Enumerable.Range(0, Workload.Teams)
                    .Where(team => HomeOf(team, shards) == shard)
                    .Sum(team => Workload.Shares[team]));
        slots[0] += Slots - slots.Sum();
        return slots;
    }

    // A mixed key, so that neighbours do not stay together; string hashes differ from process to process.
    private static int HomeOf(int key, int shards) => (int)((((uint)key + 1) * 2_654_435_761u >> 16) % (uint)shards);
}
