using System.ComponentModel.DataAnnotations;
using Gateway.Model.Jobs;
using Gateway.Model.Settings;

namespace Gateway.Silo.Chores;

/// <summary>How long things are kept (<c>Gateway:Retention</c>).</summary>
internal sealed class RetentionOptions : IValidatableObject
{
    /// <summary>Jobs after their end, with their events, bodies and deliveries. Default 30 days.</summary>
    [TimeRange("1d", "36500d")]
    public TimeSpan Jobs { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Idempotency keys after they have expired. Default 24 h.</summary>
    [TimeRange("0", "3650d")]
    public TimeSpan Keys { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Lines of the webhooks' delivery log after their last try. Default 30 days.</summary>
    [TimeRange("0", "36500d")]
    public TimeSpan Deliveries { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The audit trail. Default 365 days.</summary>
    [TimeRange("0", "36500d")]
    public TimeSpan Audit { get; set; } = TimeSpan.FromDays(365);

    /// <summary>How often it is looked for what may go. Default 10 min.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Rows of one step. Default 200.</summary>
    [Range(1, 100_000)]
    public int Step { get; set; } = 200;

    /// <summary>The pause after a step, in which turns have the database to themselves. Default 50 ms.</summary>
    [TimeRange("0", "1d")]
    public TimeSpan Pause { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>P5: a job would be gone while its key still leads to it.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Jobs >= IdempotencyKey.Kept + Keys) yield break;
        yield return new ValidationResult(
            $"is {Duration.Show(Jobs)}; it must be at least {Duration.Show(IdempotencyKey.Kept + Keys)}: jobs outlive their idempotency keys, which are kept {Duration.Show(IdempotencyKey.Kept)} and Gateway:Retention:Keys",
            [nameof(Jobs)]);
    }
}
