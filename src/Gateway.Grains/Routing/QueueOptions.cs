using System.ComponentModel.DataAnnotations;
using Gateway.Model.Settings;

namespace Gateway.Grains.Routing;

/// <summary>The queue (<c>Gateway:Queue</c>).</summary>
internal sealed class QueueOptions : IValidatableObject
{
    /// <summary>How long a queue is passed over until its priority counts one step more; 0 switches ageing off.</summary>
    /// <remarks>Q2.</remarks>
    [TimeRange("0", "365d")]
    public TimeSpan AgeStep { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Jobs that may be queued, of all teams together; one more is a 429 <c>queue_full</c>.</summary>
    /// <value>no limit</value>
    [Range(0, 1_000_000_000)]
    public int? MaxJobs { get; set; }

    /// <summary>Jobs that each team may have queued; one more is a 429 <c>queue_full</c>.</summary>
    /// <value>no limit</value>
    [Range(0, 1_000_000_000)]
    public int? MaxJobsPerTeam { get; set; }

    /// <summary>Calls that may wait for a slot on one node; one more is a 429.</summary>
    [Range(1, 1_000_000)]
    public int MaxWaitingCalls { get; set; } = 2000;

    /// <summary>
    /// The first pause before a job is tried again that met passing trouble; each further one is twice as long, a fifth more or less.
    /// </summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan RetryBackOff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause before such a job is tried again.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan MaxRetryBackOff { get; set; } = TimeSpan.FromMinutes(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        TimeOrder.Check(nameof(RetryBackOff), RetryBackOff, nameof(MaxRetryBackOff), MaxRetryBackOff);
}
