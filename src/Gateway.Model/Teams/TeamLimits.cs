using System.Text.Json.Serialization;

namespace Gateway.Model.Teams;

/// <summary>The most a team may use; null is no limit.</summary>
/// <param name="MaxRunning">Jobs and calls that hold a slot at the same time; 1 or more.</param>
/// <param name="MaxQueued">Jobs in the queue; 0 lets nothing queue.</param>
/// <param name="DailyCredits">Credits of one day, which begins at midnight UTC: spent and reserved together.</param>
/// <param name="RequestsPerMinute">Submits and calls; each of the live nodes grants an equal part of it.</param>
/// <param name="Class">The class its work waits in: it goes before that of every lower one. Null is the lowest, where all are by
/// default.</param>
internal sealed record TeamLimits(
    int? MaxRunning = null, int? MaxQueued = null, long? DailyCredits = null, int? RequestsPerMinute = null, int? Class = null)
{
    public static readonly TeamLimits None = new();

    public const int MostRunning = 100_000;
    public const int MostQueued = 1_000_000;
    public const long MostCredits = 1_000_000_000_000;
    public const int MostRequestsPerMinute = 10_000_000;
    public const int HighestClass = 9;

    /// <summary>Whether a lease of the team counts against something.</summary>
    [JsonIgnore]
    public bool BoundLeases => MaxRunning is not null || DailyCredits is not null;

    /// <summary>Whether the team's row takes part in a submit.</summary>
    [JsonIgnore]
    public bool BoundSubmits => BoundLeases || MaxQueued is not null;
}
