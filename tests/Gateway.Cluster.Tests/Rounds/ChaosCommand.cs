using System.Globalization;
using System.Security.Cryptography;
using Gateway.Cluster.Tests.Rounds.Scenarios;

namespace Gateway.Cluster.Tests.Rounds;

/// <summary>Many rounds, each with a line in the journal. Round n of a run has the seed of the first plus n.</summary>
internal static class ChaosCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var options = args.Chunk(2).ToDictionary(pair => pair[0].TrimStart('-'), pair => pair[1]);
        var rounds = int.Parse(options["rounds"], CultureInfo.InvariantCulture);
        var first = options.TryGetValue("seed", out var text)
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : RandomNumberGenerator.GetInt32(1_000_000);
        var only = options.TryGetValue("scenario", out var name) ? ChaosScenarios.Find(name) : null;
        var journal = new Journal(options["journal"], options["commit"]);

        var broken = 0;
        await using var ground = new ChaosGround();
        for (var seed = first; seed < first + rounds; seed++)
        {
            var report = await ground.RunAsync(only ?? ChaosScenarios.Of(seed), seed);
            Console.WriteLine(report);
            await journal.AddAsync(report);
            if (report.Violations.Count > 0) broken++;
        }

        Console.WriteLine($"\n{await journal.TableAsync()}\n\n{rounds} rounds, {broken} of them broke a promise.");
        return broken == 0 ? 0 : 1;
    }
}
