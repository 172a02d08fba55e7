using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Model.Accounts;

/// <summary>
/// One upstream account: its slots, credits and health. Immutable; every method is a pure function of the state and the
/// batch's now, and answers with the next state (T1).
/// </summary>
internal sealed record AccountState
{
    public required AccountId Id { get; init; }

    /// <summary>Raised by every saved turn; its history is the account's history.</summary>
    [JsonIgnore]
    public long Version { get; init; }

    /// <summary>Which upstream driver serves it.</summary>
    public required string Driver { get; init; }

    /// <summary>The group its credential belongs to, where the upstream asks for one: digits, for legacy keys.</summary>
    public string? GroupId { get; init; }

    public required Uri BaseUrl { get; init; }

    public string? Name { get; init; }

    /// <summary>The credential, encrypted. Only the class that makes credentials decrypts it, just before a request.</summary>
    public required string SealedSecret { get; init; }

    /// <summary>Since when it has this credential: what was sent before says nothing about it.</summary>
    public DateTimeOffset CredentialSince { get; init; }

    /// <summary>When the credential stops working, if it says so (a JWT).</summary>
    public DateTimeOffset? TokenExpiresAt { get; init; }

    public DateTimeOffset? TokenIssuedAt { get; init; }

    /// <summary>1 … 10.</summary>
    public required int MaxJobs { get; init; }

    /// <summary>Slots jobs may not take, so that calls find one (default 0).</summary>
    public int ReservedForCalls { get; init; }

    /// <summary>Credits a day; null for no limit.</summary>
    public long? DailyCredits { get; init; }

    /// <summary>IANA zone the day is counted in.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>The only models it serves; null for any.</summary>
    public ImmutableArray<string>? Models { get; init; }

    public bool Enabled { get; init; } = true;

    public bool Draining { get; init; }

    /// <summary>A tombstone: gone for readers, its leases end in their own time (L8).</summary>
    public bool Deleted { get; init; }

    /// <summary>
    /// Set where this id is only another name for that account, whose credential it was added with (V18): it is never routed to, has
    /// neither slots nor credits of its own, and shows those of the other.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AccountId? SharesWith { get; init; }

    /// <summary>Whether there is an account behind the id: neither a tombstone nor another's second name.</summary>
    [JsonIgnore]
    public bool StandsForItself => !Deleted && SharesWith is null;

    public DateTimeOffset CreatedAt { get; init; }

    public ImmutableArray<Lease> Leases { get; init; } = [];

    public required CreditLedger Credits { get; init; }

    public Health Health { get; init; } = Health.Good;

    /// <summary>When it is to be asked whether it works; null while nobody doubts it, or nobody may use it anyway.</summary>
    [JsonIgnore]
    public DateTimeOffset? ProbeAt => Enabled && !Deleted ? Health.ProbeAt : null;

    /// <summary>How fast it went of late (Q7); null while nothing was counted.</summary>
    public Pace? Pace { get; init; }

    /// <summary>What the leases of the ledger's day hold (C1, C2).</summary>
    public long Reserved => ReservedOn(Credits.Day);

    /// <summary>Grants a lease or says why not (L3, C1, J8).</summary>
    public (AccountState Next, Lease? Lease, Refusal? Refusal) Acquire(LeaseRequest request, KindLimit limit, DateTimeOffset now)
    {
        if (FindLease(request.Id) is { } granted) return (this, granted, null);

        var rolled = RollDay(now);
        if (rolled.Refuse(request, limit, now) is { } refusal) return (rolled, null, refusal);

        var lease = new Lease(
            request.Id, request.Owner, request.Work.Kind, request.Job, request.Attempt,
            request.Ceiling, rolled.Credits.Day, now, now + limit.LongestRun, Operation: request.Work.Operation,
            Family: request.Pace?.Family, Team: request.Team, Holder: request.Holder);
        return (rolled with { Leases = rolled.Leases.Add(lease), Pace = Pace.Count(Pace, request.Pace, now) }, lease, null);
    }

    /// <summary>Frees a slot and settles its credits. An unknown lease was released before: nothing changes (L4, C4).</summary>
    public (AccountState Next, Charge? Charge) Release(LeaseId id, Settlement settlement, DateTimeOffset now)
    {
        if (FindLease(id) is not { } lease) return (this, null);

        var rolled = RollDay(now);
        var charged = settlement.ChargeFor(lease);
        var next = rolled with
        {
            Leases = rolled.Leases.Remove(lease),
            Credits = rolled.Credits.Charge(lease.Day, charged),
            Health = Learn(settlement, lease, now),
            Pace = Learned(settlement, lease, now),
        };
        return (next, new Charge(lease.Id, Id, lease.Day, lease.Kind, lease.Reserved, charged, lease.Job, now));
    }

    /// <summary>Hands a dead incarnation's leases to another; the attempt stays (L5).</summary>
    public AccountState Adopt(LeaseId id, string owner) =>
        FindLease(id) is { } lease ? this with { Leases = Leases.Replace(lease, lease with { Owner = owner }) } : this;

    /// <summary>Notes the upstream's task on the lease, so that the poller can walk leases alone (L4).</summary>
    public AccountState NoteTask(LeaseId id, string taskId) =>
        FindLease(id) is { } lease ? this with { Leases = Leases.Replace(lease, lease with { TaskId = taskId }) } : this;

    /// <summary>Notes that the upstream answers what runs on the lease, without a task.</summary>
    public AccountState Begin(LeaseId id) =>
        FindLease(id) is { HasBegun: false } lease ? this with { Leases = Leases.Replace(lease, lease with { HasBegun = true }) } : this;

    /// <summary>The state with its ledger rolled to the day of <paramref name="now"/>.</summary>
    public AccountState RollDay(DateTimeOffset now)
    {
        var ledger = Credits.At(now, TimeZone);
        return ledger == Credits ? this : this with { Credits = ledger };
    }

    public Lease? FindLease(LeaseId id)
    {
        foreach (var lease in Leases)
            if (lease.Id == id) return lease;
        return null;
    }

    /// <summary>Why this request is refused now, or null. The most lasting reason is named first.</summary>
    public Refusal? Refuse(LeaseRequest request, KindLimit limit, DateTimeOffset now) =>
        RefuseAtAll(request.Work, limit, now) ?? RefuseForNow(request, now);

    /// <summary>Why this work is refused until something about the account changes, or null.</summary>
    public Refusal? RefuseAtAll(Work work, KindLimit limit, DateTimeOffset now)
    {
        if (!StandsForItself) return new Refusal(RefusalReason.Deleted);
        if (!Enabled) return new Refusal(RefusalReason.Disabled);
        if (Draining) return new Refusal(RefusalReason.Draining);
        if (Health.IsParked) return new Refusal(Health.AuthFailed ? RefusalReason.AuthFailed : RefusalReason.Parked);
        if (TokenExpiresAt is { } expiry && expiry <= now) return new Refusal(RefusalReason.Expired);
        if (TokenExpiresAt < now + limit.ExpectedRun + KindLimits.TokenMargin) return new Refusal(RefusalReason.ExpiresTooSoon);
        return ServesModel(work.Model) ? null : new Refusal(RefusalReason.ModelNotServed);
    }

    private Refusal? RefuseForNow(LeaseRequest request, DateTimeOffset now)
    {
        if (Health.SuspectUntil(now, request.Holder) is { } settled) return new Refusal(RefusalReason.Suspect, settled);
        if (Health.CoolingUntil(now) is { } until) return new Refusal(RefusalReason.CoolingDown, until);
        if (Health.TeamRests.Find(request.Holder, request.Pace?.Family, now) is { } rested)
            return new Refusal(RefusalReason.CoolingDown, rested);
        if (Health.BlockedUntil(request.Work.Model, now) is { } unblocked) return new Refusal(RefusalReason.ModelNotServed, unblocked);
        if (Health.OperationBlockedUntil(request.Work, now) is { } allowed) return new Refusal(RefusalReason.OperationNotServed, allowed);
        if (!HasFreeSlot(request)) return new Refusal(RefusalReason.NoFreeSlot);
        if (!Credits.Covers(DailyCredits, Reserved, request.Ceiling)) return new Refusal(RefusalReason.OutOfCredits, Credits.ResetsAt);
        return BusyUntil(request.Pace, now) is { } next ? new Refusal(RefusalReason.Paced, next) : null;
    }

    // Q7: at its pace an account is busy like a full one, for this family alone.
    private DateTimeOffset? BusyUntil(PaceLimit? limit, DateTimeOffset now) =>
        limit is not null && Pace?.Find(limit.Family) is { } pace ? pace.BusyUntil(limit, now) : null;

    // Leases above a shrunken limit stay; only no new one is given (L3).
    private bool HasFreeSlot(LeaseRequest request)
    {
        if (Leases.Length >= Math.Min(MaxJobs, request.MaxJobs ?? MaxJobs)) return false;
        return request.Job is null || Leases.Count(lease => !lease.IsCall) < MaxJobs - ReservedForCalls;
    }

    /// <summary>Whether the account's list has the model; work that names none is not held by a list.</summary>
    public bool ServesModel(string? model) => Models is not { } models || model is null || models.Contains(model);

    public long ReservedOn(DateOnly day)
    {
        var sum = 0L;
        foreach (var lease in Leases)
            if (lease.Day == day) sum = CreditSums.Plus(sum, lease.Reserved);
        return sum;
    }

    private Health Learn(Settlement settlement, Lease lease, DateTimeOffset now)
    {
        if (lease.Since < CredentialSince) return Health; // it was sent with another credential
        if (settlement.LearnedFrom is not { } error) return settlement is Settlement.Done ? Health.AfterSuccess(lease.Since) : Health;
        if (IsOfPace(error, lease))
            return IsForAll(error, lease, now)
                ? Health
                : Health.RestTeam(lease.Holder!.Value, lease.Family, Health.RestEnd(error, now), error.Describe(), now);
        return Health.After(error, settlement.AboutModel, now, Work.NameOf(lease.Kind, lease.Operation), lease.Holder);
    }

    private Pace? Learned(Settlement settlement, Lease lease, DateTimeOffset now)
    {
        var pace = settlement switch
        {
            Settlement.Done done => Pace.CountTokens(Pace, lease.Family, done.Tokens, now),
            Settlement.NotSent => Pace.TakeBack(Pace, lease.Family, lease.Since, now),
            _ => Pace,
        };
        return settlement.LearnedFrom is { } error && IsOfPace(error, lease) && IsForAll(error, lease, now)
            ? Pace.Refused(pace, lease.Family!, Health.RestEnd(error, now), now)
            : pace;
    }

    // A rate limit is about the family the vendor counted; without one it is about the account.
    private static bool IsOfPace(UpstreamError error, Lease lease) => error.Class == ErrorClass.RateLimited && lease.Family is not null;

    // What may be the request's own fault rests the family for its team alone, until a second team hears the same.
    private bool IsForAll(UpstreamError error, Lease lease, DateTimeOffset now) =>
        error.Retry != RetryRule.UntilTwoAgree || lease.Holder is not { } team || Health.TeamRests.HasAnother(team, lease.Family, now);
}
