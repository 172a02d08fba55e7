using System.ComponentModel.DataAnnotations;
using Gateway.Model.Settings;

namespace Gateway.Grains.Options;

/// <summary>The queue (<c>Gateway:Queue</c>).</summary>
internal sealed class QueueOptions : IValidatableObject
{
    /// <summary>How long a queue must be passed over for its priority to count one step more (Q2). Default 10 min; 0 switches ageing off.</summary>
    [TimeRange("0", "365d")]
    public TimeSpan AgeStep { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Jobs that may be queued, of all teams together; one more is refused with <c>queue_full</c>. Default none: no limit.</summary>
    [Range(0, 1_000_000_000)]
    public int? MaxJobs { get; set; }

    /// <summary>The same for each team. Default none: no limit.</summary>
    [Range(0, 1_000_000_000)]
    public int? MaxJobsPerTeam { get; set; }

    /// <summary>Calls that may wait for a slot on one node; one more is refused with 429. Default 2000.</summary>
    [Range(1, 1_000_000)]
    public int MaxWaitingCalls { get; set; } = 2000;

    /// <summary>The first pause before a refused job is tried again; each further one is twice as long, a fifth more or less. Default 1 s.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan RetryBackOff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest such pause. Default 1 min.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan MaxRetryBackOff { get; set; } = TimeSpan.FromMinutes(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TimeOrder.Check(nameof(RetryBackOff), RetryBackOff, nameof(MaxRetryBackOff), MaxRetryBackOff);
}
