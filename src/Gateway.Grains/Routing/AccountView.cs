using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Routing;

/// <summary>
/// What this node knows of one account: its state at the last commit seen, and the acquires under way here. Guarded by the
/// router's lock. A view proposes; the account's own turn decides.
/// </summary>
internal sealed class AccountView
{
    private readonly TeamSlots _slots;
    private readonly Dictionary<LeaseId, HeldSlot> _held = [];

    public AccountView(AccountState state, TeamSlots slots)
    {
        (State, _slots) = (state, slots);
        CountLeases();
    }

    public AccountState State { get; private set; }

    // Picks of this node that have not been answered yet: counted as taken, so that a burst spreads out. By lease, so that a
    // lease that shows in the state is not counted twice until its asker has heard.
    private readonly HashSet<LeaseId> _asked = [];

    /// <summary>Whether the account is homed on this node (Q6).</summary>
    public bool IsHome { get; set; } = true;

    /// <summary>The pool of open accounts it is in; null when it is in none.</summary>
    public AccountPool? Pool { get; set; }

    /// <summary>Its place in the pool.</summary>
    public int PoolIndex { get; set; }

    /// <summary>Whether some request may find a slot here, as far as nothing but time and the request decides.</summary>
    public bool IsOpen => State is { Enabled: true, Draining: false, StandsForItself: true, Health.IsParked: false } && FreeSlots > 0;

    public int FreeSlots => State.MaxJobs - State.Leases.Length - _asked.Count;

    /// <summary>A lease is being asked for.</summary>
    public void Ask(LeaseRequest lease)
    {
        _asked.Add(lease.Id);
        if (lease.Holder is { } team) Count(lease.Id, new HeldSlot(team, lease.Job is not null, IsOwn: true));
    }

    /// <summary>The asker has its answer.</summary>
    public void Hear(LeaseId lease)
    {
        if (_asked.Remove(lease)) Count(lease, slot: null); // granted, it would show in the state
    }

    /// <summary>Takes a newer state; an older one, or the same again, changes nothing.</summary>
    public void See(AccountState state)
    {
        if (state.Version <= State.Version) return;
        State = state;
        if (_asked.Count > 0) _asked.RemoveWhere(lease => state.FindLease(lease) is not null);
        CountLeases();
    }

    /// <summary>Why a pick for this request would be refused, or null.</summary>
    public Refusal? Refuse(LeaseRequest request, KindLimits limits, DateTimeOffset now) =>
        FreeSlots <= 0
            ? State.RollDay(now).Refuse(request, limits[request.Work.Kind], now) ?? new Refusal(RefusalReason.NoFreeSlot)
            : State.RollDay(now).Refuse(request, limits[request.Work.Kind], now);

    private void CountLeases()
    {
        foreach (var lease in State.Leases) Count(lease.Id, _slots.SlotOf(lease));
        if (_held.Count == State.Leases.Length + _asked.Count) return;
        foreach (var lease in _held.Keys.Where(lease => !_asked.Contains(lease) && State.FindLease(lease) is null).ToList())
            Count(lease, slot: null);
    }

    private void Count(LeaseId lease, HeldSlot? slot)
    {
        _slots.Change(State.Id, _held.TryGetValue(lease, out var before) ? before : null, slot);
        if (slot is { } counted) _held[lease] = counted;
        else _held.Remove(lease);
    }
}
