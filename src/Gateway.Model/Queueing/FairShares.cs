using System.Collections.Immutable;
using Gateway.Model.Ids;

namespace Gateway.Model.Queueing;

/// <summary>
/// Start-time fair queueing (Goyal, Vin and Cheng, 1996): each team has a virtual time that what it is served moves on, the
/// slower the greater its weight; the team that is least far goes next. The common virtual time follows whoever was
/// served, and a team that comes back starts there: being idle earns nothing, and no slot waits for a team that is
/// away. Immutable.
/// </summary>
internal sealed record FairShares
{
    public static readonly FairShares Even = new();

    private ImmutableDictionary<TeamId, double> Ends { get; init; } = ImmutableDictionary<TeamId, double>.Empty;

    /// <summary>Where whoever was served last started.</summary>
    public double Now { get; private init; }

    /// <summary>Teams that are ahead of the common virtual time; of the others nothing need be known.</summary>
    public int Known => Ends.Count;

    /// <summary>Where the team's next service starts: the smallest goes first.</summary>
    public double StartOf(TeamId team) => Math.Max(Now, Ends.GetValueOrDefault(team));

    /// <summary>The shares after a team was given a service of this cost.</summary>
    public FairShares Serve(TeamId team, int weight, double cost)
    {
        var start = StartOf(team);
        var ends = Ends.SetItem(team, start + (cost / weight));
        return new FairShares { Now = start, Ends = ends.RemoveRange(ends.Where(end => end.Value <= start).Select(end => end.Key)) };
    }
}
