using System.Globalization;

namespace Gateway.Cluster.Tests.Rounds;

/// <summary>What a round did and what the judges found.</summary>
internal sealed record RoundReport(
    int Seed, string Scenario, int Jobs, int Calls, int Unknown, TimeSpan Took, IReadOnlyList<Violation> Violations)
{
    public int Count(Promise promise) => Violations.Count(violation => violation.Promise == promise);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"seed {Seed} {Scenario}: {Jobs} jobs ({Unknown} of unknown fate), {Calls} calls, {Took.TotalSeconds:0.0} s, {Violations.Count} " +
            $"violations{string.Concat(Violations.Take(30).Select(violation => $"\n  {violation}"))}");
}
