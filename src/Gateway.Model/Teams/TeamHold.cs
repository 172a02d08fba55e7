using Gateway.Model.Ids;

namespace Gateway.Model.Teams;

/// <summary>A lease that counts against its team's limits.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Day">The team's day it was granted on; its credits settle there.</param>
/// <param name="Reserved">Credits held until it settles.</param>
/// <param name="Charged">What it cost; null while it runs.</param>
internal sealed record TeamHold(LeaseId Lease, DateOnly Day, long Reserved, long? Charged = null)
{
    /// <summary>Whether it has a row yet.</summary>
    public bool IsNew { get; init; }
}
