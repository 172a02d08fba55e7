using Gateway.Model.Accounts;

namespace Gateway.Grains.Routing;

/// <summary>One look at all accounts of which none is free.</summary>
internal sealed class NobodyLook(DateTimeOffset now)
{
    private readonly Dictionary<RefusalReason, int> _reasons = [];
    private DateTimeOffset? _probe;

    public DateTimeOffset Now => now;

    /// <summary>The earliest instant at which a timed refusal ends.</summary>
    public DateTimeOffset? Until { get; private set; }

    /// <param name="refusal">What one account said.</param>
    /// <param name="probeAt">When it is probed next.</param>
    public void Hear(Refusal refusal, DateTimeOffset? probeAt)
    {
        _reasons[refusal.Reason] = _reasons.GetValueOrDefault(refusal.Reason) + 1;
        if (refusal.Until is { } until && !(Until < until)) Until = until;
        if (probeAt > now && !(_probe < probeAt)) _probe = probeAt;
    }

    // A probe may bring a parked account back; an instant that is sure to come is the better answer.
    public NobodyFree Answer() => NobodyFree.At(now, _reasons, Until ?? _probe);
}
