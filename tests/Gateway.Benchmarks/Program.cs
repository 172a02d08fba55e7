using Gateway.Benchmarks.Running;
using Gateway.Benchmarks.Turns;

var arguments = Arguments.Parse(args);
return arguments.Verb switch
{
    "turns" => await TurnsBenchmark.RunAsync(arguments),
    _ => Help(),
};

static int Help()
{
    Console.Error.WriteLine("""
        usage: dotnet run -c Release --project tests/Gateway.Benchmarks -- <what> [options]
          turns  [--seconds 3] [--rounds 3] [--only sqlite|postgres]   acquire + release pairs/s beside one statement per operation
        """);
    return 2;
}
