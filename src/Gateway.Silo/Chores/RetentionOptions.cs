using Gateway.Grains.Jobs;
using Gateway.Grains.Storage;

namespace Gateway.Silo.Chores;

/// <summary>How long things are kept (<c>Gateway:Retention</c>).</summary>
internal sealed class RetentionOptions
{
    /// <summary>Jobs after their end, with their events, bodies and deliveries. Default 30 days.</summary>
    public TimeSpan Jobs { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Idempotency keys after they have expired. Default 24 h.</summary>
    public TimeSpan Keys { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Lines of the webhooks' delivery log after their last try. Default 30 days.</summary>
    public TimeSpan Deliveries { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The audit trail. Default 365 days.</summary>
    public TimeSpan Audit { get; set; } = TimeSpan.FromDays(365);

    /// <summary>How often it is looked for what may go. Default 10 min.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Rows of one step. Default 200.</summary>
    public int Step { get; set; } = 200;

    /// <summary>The pause after a step, in which turns have the database to themselves. Default 50 ms.</summary>
    public TimeSpan Pause { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <exception cref="GatewaySetupException">A job would be gone while its key still leads to it (P5), or a number makes no sense.</exception>
    public RetentionOptions Checked()
    {
        if (Keys < TimeSpan.Zero || Deliveries < TimeSpan.Zero || Audit < TimeSpan.Zero || Pause < TimeSpan.Zero || Every <= TimeSpan.Zero || Step < 1)
            throw new GatewaySetupException("Gateway:Retention holds a negative time, or an Every or Step that is not above 0.");
        if (Jobs < IdempotencyKey.Kept + Keys)
            throw new GatewaySetupException($"Gateway:Retention:Jobs is {Jobs}; it must be at least {IdempotencyKey.Kept + Keys}: jobs outlive their idempotency keys, which are kept {IdempotencyKey.Kept} and Gateway:Retention:Keys.");
        return this;
    }
}
