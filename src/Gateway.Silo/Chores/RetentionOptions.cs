using System.ComponentModel.DataAnnotations;
using Gateway.Model.Jobs;
using Gateway.Model.Settings;

namespace Gateway.Silo.Chores;

/// <summary>How long things are kept (<c>Gateway:Retention</c>).</summary>
internal sealed class RetentionOptions : IValidatableObject
{
    /// <summary>How long jobs are kept after their end, with their events, bodies and deliveries.</summary>
    [TimeRange("1d", "36500d")]
    public TimeSpan Jobs { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long idempotency keys are kept after they have expired.</summary>
    [TimeRange("0", "3650d")]
    public TimeSpan Keys { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long lines of the webhooks' delivery log are kept after their last try.</summary>
    [TimeRange("0", "36500d")]
    public TimeSpan Deliveries { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long the audit trail is kept.</summary>
    [TimeRange("0", "36500d")]
    public TimeSpan Audit { get; set; } = TimeSpan.FromDays(365);

    /// <summary>How often a node looks for what may go.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Rows that a node removes in one step.</summary>
    [Range(1, 100_000)]
    public int Step { get; set; } = 200;

    /// <summary>The pause after such a step, in which turns have the database to themselves.</summary>
    [TimeRange("0", "1d")]
    public TimeSpan Pause { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>P5: a job would be gone while its key still leads to it.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Jobs >= IdempotencyKey.Kept + Keys) yield break;
        yield return new ValidationResult(
            $"is {Duration.Show(Jobs)}; it must be at least {Duration.Show(IdempotencyKey.Kept + Keys)}: jobs outlive their idempotency " +
                $"keys, which are kept {Duration.Show(IdempotencyKey.Kept)} and Gateway:Retention:Keys",
            [nameof(Jobs)]);
    }
}
