using Gateway.Model.Ids;

namespace Gateway.Model.Teams;

/// <summary>A caller of the gateway. A team without limits takes no part in a hot turn.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Name">Unique, for people.</param>
/// <param name="Weight">Its share when teams compete; 1 … 1000, default 1.</param>
/// <param name="CreatedAt">From the store's clock.</param>
internal sealed record TeamState(TeamId Id, string Name, int Weight, DateTimeOffset CreatedAt)
{
    /// <summary>What it may use; none by default.</summary>
    public TeamLimits Limits { get; init; } = TeamLimits.None;

    public const int MaxNameLength = 100;
    public const int MaxWeight = 1000;
}
