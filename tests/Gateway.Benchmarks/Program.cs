using Gateway.Benchmarks.Calls;
using Gateway.Benchmarks.Claims;
using Gateway.Benchmarks.Nodes;
using Gateway.Benchmarks.Push;
using Gateway.Benchmarks.Running;
using Gateway.Benchmarks.Shards;
using Gateway.Benchmarks.Size;
using Gateway.Benchmarks.Stress;
using Gateway.Benchmarks.Turns;

var arguments = Arguments.Parse(args);
return arguments.Verb switch
{
    "turns" => await TurnsBenchmark.RunAsync(arguments),
    "claim" => await ClaimBenchmark.RunAsync(arguments),
    "chat" => await CallsBenchmark.RunAsync(arguments),
    "shards" => await ShardsBenchmark.RunAsync(arguments),
    "size" => await SizeBenchmark.RunAsync(arguments),
    "leave" => await LeaveBenchmark.RunAsync(arguments),
    "starts" => await StartsBenchmark.RunAsync(arguments),
    "streams" => await StreamsBenchmark.RunAsync(arguments),
    "nodes" => await NodesBenchmark.RunAsync(arguments),
    NodeChild.Verb => await NodeProcess.RunAsync(arguments),
    "stress" => await StressRun.RunAsync(arguments),
    "stress-process" => await StressProcess.RunAsync(arguments),
    _ => Help(),
};

static int Help()
{
    Console.Error.WriteLine("""
        usage: dotnet run -c Release --project tests/Gateway.Benchmarks -- <what> [options]
          turns  [--seconds 3] [--rounds 3] [--only sqlite|postgres]   acquire + release pairs/s beside one statement per operation
          claim  [--seconds 3] [--rounds 3] [--only sqlite|postgres]   submits/s; cost of a claim behind few and many queued jobs
          chat   [--seconds 3] [--rounds 5] [--callers 32]             chat through the gateway beside chat without it; what pacing costs
          leave  [--rounds 200]                                        how soon the upstream hears that a caller has left
          nodes  [--seconds 2.5] [--rounds 3]                          the same pairs by 1, 2 and 4 processes on one PostgreSQL
          starts [--jobs 150] [--rounds 3]                             from a submit at an API node to the start at a worker, two processes on one PostgreSQL
          streams [--streams 5000] [--changes 1000]                    memory of an open event stream; how soon a change reaches one among many
          shards [--seed n]                                            a simulation: what cutting one pool into several databases costs
          size   [--jobs 20000] [--only sqlite|postgres]               bytes of the database per job
          stress [--seconds 10] [--seed n]                             two processes on one PostgreSQL, one of them killed; a judge replays them
        """);
    return 2;
}
