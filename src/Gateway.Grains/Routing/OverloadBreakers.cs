using Gateway.Engine.Notifiers;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;

namespace Gateway.Grains.Routing;

/// <summary>
/// The breakers of this node, by host, model and team: what the vendor's overload tells is true for every account there, and no account is
/// blamed. One team's answers keep that team away; it takes two to keep everybody away. In memory alone: a node, or a team, that does not
/// know finds out with one request.
/// </summary>
internal sealed class OverloadBreakers(OverloadOptions options, SlotNotifier notifier, IRandom random, TimeProvider time)
{
    private readonly record struct Key(string Host, string What);

    private readonly TimeSpan[] _pauses = options.Pauses;
    private readonly Lock _lock = new();
    private readonly Dictionary<Key, TeamBreakers> _breakers = [];
    private volatile int _count;

    /// <summary>Models that some team is kept away from now, or that are probed.</summary>
    public int Count(DateTimeOffset now)
    {
        lock (_lock) return _breakers.Values.Count(breakers => !breakers.AreForgotten(now));
    }

    /// <summary>Why no account at this host is asked for such work of this team now, or null.</summary>
    public Refusal? Refuse(AccountState account, Work work, TeamId? team, DateTimeOffset now)
    {
        if (_count == 0) return null; // nearly always
        lock (_lock)
        {
            var key = KeyOf(account, work);
            if (!_breakers.TryGetValue(key, out var breakers)) return null;
            if (breakers.BusyUntil(team, now) is { } until) return new Refusal(RefusalReason.Overloaded, until);
            if (breakers.AreForgotten(now)) Remove(key);
            return null;
        }
    }

    /// <summary>A request is about to be sent; it may be the probe.</summary>
    public void Send(AccountState account, Work work, TeamId? team, LeaseId request)
    {
        if (_count == 0) return;
        lock (_lock)
        {
            var key = KeyOf(account, work);
            if (_breakers.TryGetValue(key, out var breakers)) _breakers[key] = breakers.Send(team, request, time.GetUtcNow());
        }
    }

    /// <summary>The vendor has answered: with work (no error), with its overload, or with something that says nothing about it.</summary>
    public void Hear(AccountState account, Work work, TeamId? team, LeaseId request, UpstreamError? error)
    {
        if (error?.Class == ErrorClass.Overload) Trip(KeyOf(account, work), team);
        else if (error is null) Close(KeyOf(account, work));
        else Leave(request);
    }

    /// <summary>
    /// The request is over, whatever came of it; where it was the probe and nothing was heard, another may be. Again changes nothing.
    /// </summary>
    public void Leave(LeaseId request)
    {
        if (_count == 0) return;
        lock (_lock)
        {
            if (_breakers.FirstOrDefault(entry => entry.Value.IsProbe(request)) is not { Value: { } breakers, Key: var key }) return;
            _breakers[key] = breakers.Leave(request);
        }

        notifier.Pulse();
    }

    private void Trip(Key key, TeamId? team)
    {
        var now = time.GetUtcNow();
        DateTimeOffset until;
        lock (_lock)
        {
            foreach (var (other, breakers) in _breakers)
                if (other != key && breakers.AreForgotten(now)) _breakers.Remove(other);
            (_breakers[key], until) = _breakers.GetValueOrDefault(key, TeamBreakers.Closed).Trip(team, now, PauseOf);
            _count = _breakers.Count;
        }

        notifier.WakeAt(until);
    }

    private void Close(Key key)
    {
        if (_count == 0) return;
        lock (_lock)
        {
            if (!_breakers.TryGetValue(key, out var breakers)) return;
            var left = breakers.Succeed(time.GetUtcNow());
            if (left == breakers) return;
            if (left.AreClosed) Remove(key);
            else _breakers[key] = left;
        }

        notifier.Pulse();
    }

    private void Remove(Key key)
    {
        _breakers.Remove(key);
        _count = _breakers.Count;
    }

    // A fifth more or less: nodes and models that were refused together do not come back together.
    private TimeSpan PauseOf(int trips) => _pauses[Math.Min(trips, _pauses.Length) - 1] * (0.8 + (0.4 * random.Next(1000) / 1000));

    private static Key KeyOf(AccountState account, Work work) =>
        new(account.BaseUrl.Authority, work.Model ?? Work.NameOf(work.Kind, work.Operation));
}
