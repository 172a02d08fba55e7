using System.ComponentModel.DataAnnotations;
using Gateway.Model.Outbox;
using Gateway.Model.Settings;
using Gateway.Silo.Lanes;

namespace Gateway.Silo.Outbound;

/// <summary>How addresses that callers name are called (<c>Gateway:Webhooks</c>).</summary>
internal sealed class WebhookOptions : IValidatableObject
{
    /// <summary>
    /// Private networks that callers' <c>callback_url</c>s and <c>replyUrl</c>s may lead to, as CIDRs such as <c>10.0.0.0/8</c>.
    /// </summary>
    /// <value>none: public addresses only</value>
    public string[] AllowedNetworks { get; set; } = [];

    /// <summary>How long a receiver may take to answer.</summary>
    [TimeRange("10ms", "1h")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause after the first failure; it doubles with each further one.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between two tries of a <c>callback_url</c>.</summary>
    [TimeRange("10ms", "7d")]
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How old a status may grow before its callback is given up.</summary>
    [TimeRange("0", "365d")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>The longest pause between two tries of a webhook.</summary>
    [TimeRange("10ms", "7d")]
    public TimeSpan ReplyLongestRetry { get; set; } = TimeSpan.FromHours(4);

    /// <summary>How old a webhook may grow before it is given up.</summary>
    /// <remarks>The default is what Standard Webhooks has.</remarks>
    [TimeRange("0", "365d")]
    public TimeSpan ReplyGiveUpAfter { get; set; } = TimeSpan.FromHours(72);

    /// <summary>So many failures in a row let a receiver rest.</summary>
    [Range(1, 1_000_000)]
    public int BreakerAfter { get; set; } = 10;

    /// <summary>So many time-outs in a row let a receiver rest too.</summary>
    /// <remarks>Each takes up a lane for <see cref="Timeout"/>.</remarks>
    [Range(1, 1_000_000)]
    public int BreakerAfterTimeouts { get; set; } = 3;

    /// <summary>How long a receiver rests before one message probes it, but never longer than <see cref="LongestRetry"/>.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan BreakerRest { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Messages under way at once on a node, of which one team has half at most.</summary>
    /// <remarks>See <see cref="SharedPlaces"/>.</remarks>
    [Range(1, 10_000)]
    public int MaxSends { get; set; } = 128;

    /// <summary>Messages under way at once to one receiver: a slow one delays no other.</summary>
    [Range(1, 10_000)]
    public int MaxSendsPerHost { get; set; } = 4;

    /// <summary>How often a node looks, without a notice, for what is to be sent.</summary>
    /// <remarks>It finds what a dead node left behind. Null switches it off; tests do.</remarks>
    [TimeRange("10ms", "1d")]
    public TimeSpan? LookEvery { get; set; } = TimeSpan.FromSeconds(5);

    public TimeSpan LongestRetryOf(OutboxKind kind) => kind == OutboxKind.Webhook ? ReplyLongestRetry : LongestRetry;

    public TimeSpan GiveUpAfterOf(OutboxKind kind) => kind == OutboxKind.Webhook ? ReplyGiveUpAfter : GiveUpAfter;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
    [
        .. TimeOrder.Check(nameof(FirstRetry), FirstRetry, nameof(LongestRetry), LongestRetry),
        .. TimeOrder.Check(nameof(FirstRetry), FirstRetry, nameof(ReplyLongestRetry), ReplyLongestRetry),
    ];
}
