using System.Collections.Immutable;
using Gateway.Grains.Jobs;
using Gateway.Grains.Upstreams;

namespace Gateway.Grains.Accounts;

/// <summary>A model an account cannot serve for a while, as an upstream answered.</summary>
internal sealed record ModelBlock(string Model, DateTimeOffset Until);

/// <summary>An operation an account has no permission for, as an upstream answered.</summary>
/// <param name="Operation">Its name, see <see cref="Work.NameOf"/>.</param>
/// <param name="Until">When it is worth asking again.</param>
internal sealed record OperationBlock(string Operation, DateTimeOffset Until);

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
    /// <summary>Operations that are blocked here, whatever the model; null for none.</summary>
    public ImmutableArray<OperationBlock>? Operations { get; init; }

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

    public DateTimeOffset? OperationBlockedUntil(Work work, DateTimeOffset now)
    {
        if (Operations is not { } blocks) return null; // nearly always
        var operation = Work.NameOf(work.Kind, work.Operation);
        foreach (var block in blocks)
            if (block.Operation == operation && block.Until > now) return block.Until;
        return null;
    }

    /// <summary>The health after an upstream's error.</summary>
    /// <param name="error">What it said.</param>
    /// <param name="model">The model it was about, if any.</param>
    /// <param name="now">When.</param>
    /// <param name="operation">The operation it was about, if any.</param>
    public Health After(UpstreamError error, string? model, DateTimeOffset now, string? operation = null) => error.Class switch
    {
        ErrorClass.AuthDead => this with { AuthFailed = true, Reason = error.Describe() },
        ErrorClass.Retry => Failed(error, now),
        ErrorClass.ModelUnavailable when model is not null => Block(model, error.Until ?? now + error.CoolDown, now),
        ErrorClass.OperationUnavailable when operation is not null => BlockOperation(operation, error.Until ?? now + error.CoolDown, now),
        ErrorClass.FailOver or ErrorClass.Exhausted or ErrorClass.RateLimited => Cool(error.Until ?? now + error.CoolDown, error.Describe()),
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

    private Health BlockOperation(string operation, DateTimeOffset until, DateTimeOffset now)
    {
        var blocks = Operations ?? [];
        foreach (var block in blocks)
            if (block.Operation == operation && block.Until >= until) return this;
        return this with { Operations = blocks.RemoveAll(block => block.Operation == operation || block.Until <= now).Add(new OperationBlock(operation, until)) };
    }

    // Blocks that have ended are forgotten here: an account would collect one for every model anybody asked for.
    private Health Block(string model, DateTimeOffset until, DateTimeOffset now)
    {
        if (BlockedUntil(model, now) >= until) return this;
        return this with { Models = Models.RemoveAll(block => block.Model == model || block.Until <= now).Add(new ModelBlock(model, until)) };
    }
}
