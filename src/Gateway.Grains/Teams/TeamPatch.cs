using Gateway.Grains.Accounts;

namespace Gateway.Grains.Teams;

/// <summary>What an admin changes of a team; limits are replaced as a whole.</summary>
internal sealed record TeamPatch
{
    public Optional<string> Name { get; init; }

    public Optional<int> Weight { get; init; }

    public Optional<TeamLimits> Limits { get; init; }

    public TeamState Apply(TeamState team) => team with { Name = Name.Or(team.Name), Weight = Weight.Or(team.Weight), Limits = Limits.Or(team.Limits) };
}
