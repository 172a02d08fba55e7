namespace Gateway.Benchmarks.Shards;

/// <summary>A job that will be submitted.</summary>
/// <param name="At">When, in seconds.</param>
/// <param name="Team">By whom.</param>
/// <param name="Takes">How long it holds a slot, in seconds.</param>
internal readonly record struct Arrival(double At, int Team, double Takes);

/// <summary>
/// What a day brings: teams of very different size, each with quiet and busy hours, and videos of some minutes. The same for a seed.
/// </summary>
internal static class Workload
{
    public const int Teams = 60;

    /// <summary>Mean of a job's time on its slot, as videos take it.</summary>
    private const double MeanTakes = 180;

    /// <summary>A team is in a burst a quarter of the time and submits then five times as fast as else.</summary>
    private const double BurstShare = 0.25;
    private const double BurstFactor = 5;
    private const double BurstLength = 900;

    /// <summary>The share of each team in the whole, by rank: the largest submits a fifth of all.</summary>
    public static readonly double[] Shares = Normalised([.. Enumerable.Range(1, Teams).Select(rank => 1.0 / rank)]);

    public static IReadOnlyList<Arrival> Make(int seed, int slots, double load, double seconds) =>
        [.. Enumerable.Range(0, Teams).SelectMany(team => OfTeam(new Random((seed * 1000) + team), team, Shares[team] * load * slots / MeanTakes, seconds)).OrderBy(arrival => arrival.At)];

    private static IEnumerable<Arrival> OfTeam(Random dice, int team, double rate, double seconds)
    {
        var quiet = rate / (1 + (BurstShare * (BurstFactor - 1)));
        var (isBurst, until) = (dice.NextDouble() < BurstShare, 0.0);
        for (var now = 0.0; ;)
        {
            var next = now + Exponential(dice, 1 / (isBurst ? quiet * BurstFactor : quiet));
            if (next > until)
            {
                // The rest of the wait is forgotten: with exponential waits it starts anew.
                now = until;
                isBurst = !isBurst;
                until += Exponential(dice, isBurst ? BurstLength : BurstLength * (1 - BurstShare) / BurstShare);
                if (now > seconds) yield break;
                continue;
            }

            now = next;
            if (now > seconds) yield break;
            yield return new Arrival(now, team, (MeanTakes / 2) + Exponential(dice, MeanTakes / 2));
        }
    }

    private static double Exponential(Random dice, double mean) => -mean * Math.Log(1 - dice.NextDouble());

    private static double[] Normalised(double[] weights) => [.. weights.Select(weight => weight / weights.Sum())];
}
