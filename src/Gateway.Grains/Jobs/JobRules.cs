using Gateway.Model.Jobs;

namespace Gateway.Grains.Jobs;

/// <summary>What the settings of other features mean to a job's turns.</summary>
/// <param name="MaxQueueAge">How long it may wait (J6).</param>
/// <param name="Retry">The pauses after passing trouble.</param>
/// <param name="CopiesResults">Whether its end makes a copy due.</param>
internal sealed record JobRules(TimeSpan MaxQueueAge, RetryPolicy Retry, bool CopiesResults);
