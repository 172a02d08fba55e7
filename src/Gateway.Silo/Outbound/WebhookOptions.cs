namespace Gateway.Silo.Outbound;

/// <summary>How addresses that callers name are called (<c>Gateway:Webhooks</c>).</summary>
internal sealed class WebhookOptions
{
    /// <summary>Networks that may be called though they are not public, as CIDRs such as <c>10.0.0.0/8</c>. Default: none.</summary>
    public string[] AllowedNetworks { get; set; } = [];

    /// <summary>How long a receiver may take to answer. Default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause after the first failure; it doubles with each further one. Default 5 s.</summary>
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between two tries. Default 10 min.</summary>
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How old a status may grow before its callback is given up. Default 24 h.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Messages under way at once on this node. Default 64.</summary>
    public int MaxSends { get; set; } = 64;

    /// <summary>Messages under way at once to one receiver: a slow one delays no other. Default 4.</summary>
    public int MaxSendsPerHost { get; set; } = 4;

    /// <summary>How often the outbox is looked at without a hint: for what a dead node left behind. Default 5 s; null switches it off (tests do).</summary>
    public TimeSpan? LookEvery { get; set; } = TimeSpan.FromSeconds(5);
}
