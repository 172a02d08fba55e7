using Gateway.Model.Accounts;

namespace Gateway.Model.Teams;

/// <summary>What an admin changes of a team; what is left out stays.</summary>
internal sealed record TeamPatch
{
    public Optional<string> Name { get; init; }

    public Optional<int> Weight { get; init; }

    public TeamLimitsPatch Limits { get; init; } = new();

    public TeamState Apply(TeamState team) =>
        team with { Name = Name.Or(team.Name), Weight = Weight.Or(team.Weight), Limits = Limits.Apply(team.Limits) };
}
