using System.Collections.Immutable;
using Gateway.Grains.Upstreams;

namespace Gateway.Grains.Accounts;

/// <summary>A model an account cannot serve for a while, as an upstream answered.</summary>
internal sealed record ModelBlock(string Model, DateTimeOffset Until);

/// <summary>What the upstream's answers taught about an account. A cool-down is extended, never shortened.</summary>
/// <param name="AuthFailed">The credential was refused; only a new one, or an admin's reset, helps.</param>
/// <param name="Until">End of the cool-down.</param>
/// <param name="Reason">Why, in words that hold no secret.</param>
/// <param name="Failures">When recent transient failures happened: the sliding window.</param>
/// <param name="Models">Models that are blocked here while others work.</param>
internal sealed record Health(
    bool AuthFailed,
    DateTimeOffset? Until,
    string? Reason,
    ImmutableArray<DateTimeOffset> Failures,
    ImmutableArray<ModelBlock> Models)
{
    public static readonly Health Good = new(AuthFailed: false, Until: null, Reason: null, Failures: [], Models: []);

    /// <summary>So many transient failures within <see cref="Window"/> rest the account for <see cref="Rest"/>.</summary>
    public const int FailuresThatRest = 5;

    /// <summary>The sliding window: older failures are forgotten, so one failure an hour never adds up.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    public DateTimeOffset? CoolingUntil(DateTimeOffset now) => Until > now ? Until : null;

    public DateTimeOffset? BlockedUntil(string? model, DateTimeOffset now)
    {
        foreach (var block in Models)
            if (block.Model == model && block.Until > now) return block.Until;
        return null;
    }

    /// <summary>The health after an upstream's error.</summary>
    public Health After(UpstreamError error, string? model, DateTimeOffset now) => error.Class switch
    {
        ErrorClass.AuthDead => this with { AuthFailed = true, Reason = error.Describe() },
        ErrorClass.Retry => Failed(error, now),
        ErrorClass.ModelUnavailable when model is not null => Block(model, error.Until ?? now + error.CoolDown, now),
        ErrorClass.FailOver or ErrorClass.Exhausted => Cool(error.Until ?? now + error.CoolDown, error.Describe()),
        _ => this, // the caller's fault, moderation and a vendor-wide overload are not the account's
    };

    /// <summary>Rests until the later of the present end and <paramref name="until"/>.</summary>
    public Health Cool(DateTimeOffset until, string reason) => Until >= until ? this : this with { Until = until, Reason = reason };

    private Health Failed(UpstreamError error, DateTimeOffset now)
    {
        var recent = Failures.RemoveAll(at => at <= now - Window).Add(now);
        if (recent.Length < FailuresThatRest) return this with { Failures = recent };
        return (this with { Failures = [] }).Cool(now + Rest, $"{FailuresThatRest} failures within {Window.TotalMinutes:0} min, last: {error.Describe()}");
    }

    // Blocks that have ended are forgotten here: an account would collect one for every model anybody asked for.
    private Health Block(string model, DateTimeOffset until, DateTimeOffset now)
    {
        if (BlockedUntil(model, now) >= until) return this;
        return this with { Models = Models.RemoveAll(block => block.Model == model || block.Until <= now).Add(new ModelBlock(model, until)) };
    }
}
