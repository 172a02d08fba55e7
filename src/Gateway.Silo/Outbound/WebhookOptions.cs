using System.ComponentModel.DataAnnotations;
using Gateway.Model.Outbox;
using Gateway.Model.Settings;
using Gateway.Silo.Lanes;

namespace Gateway.Silo.Outbound;

/// <summary>How addresses that callers name are called (<c>Gateway:Webhooks</c>).</summary>
internal sealed class WebhookOptions : IValidatableObject
{
    /// <summary>Networks that may be called though they are not public, as CIDRs such as <c>10.0.0.0/8</c>. Default: none.</summary>
    public string[] AllowedNetworks { get; set; } = [];

    /// <summary>How long a receiver may take to answer. Default 10 s.</summary>
    [TimeRange("10ms", "1h")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause after the first failure; it doubles with each further one. Default 5 s.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between two tries of a <c>callback_url</c>. Default 10 min.</summary>
    [TimeRange("10ms", "7d")]
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How old a status may grow before its callback is given up. Default 24 h.</summary>
    [TimeRange("0", "365d")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>The longest pause between two tries of a webhook. Default 4 h.</summary>
    [TimeRange("10ms", "7d")]
    public TimeSpan ReplyLongestRetry { get; set; } = TimeSpan.FromHours(4);

    /// <summary>How old a webhook may grow before it is given up. Default 72 h, as Standard Webhooks has it.</summary>
    [TimeRange("0", "365d")]
    public TimeSpan ReplyGiveUpAfter { get; set; } = TimeSpan.FromHours(72);

    /// <summary>So many failures in a row let a receiver rest. Default 10.</summary>
    [Range(1, 1_000_000)]
    public int BreakerAfter { get; set; } = 10;

    /// <summary>So many time-outs in a row let it rest too: each takes up a lane for <see cref="Timeout"/>. Default 3.</summary>
    [Range(1, 1_000_000)]
    public int BreakerAfterTimeouts { get; set; } = 3;

    /// <summary>How long it rests before one message probes it. Default 30 s, and never longer than a callback's longest pause.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan BreakerRest { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Messages under way at once on this node; one team has half of them at most (<see cref="SharedPlaces"/>). Default 128.</summary>
    [Range(1, 10_000)]
    public int MaxSends { get; set; } = 128;

    /// <summary>Messages under way at once to one receiver: a slow one delays no other. Default 4.</summary>
    [Range(1, 10_000)]
    public int MaxSendsPerHost { get; set; } = 4;

    /// <summary>How often the outbox is looked at without a hint: for what a dead node left behind. Default 5 s; null switches it off (tests do).</summary>
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
