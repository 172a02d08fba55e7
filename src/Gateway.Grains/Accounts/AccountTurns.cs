using Gateway.Grains.Jobs;
using Gateway.Grains.Teams;
using Gateway.Grains.Turns;

namespace Gateway.Grains.Accounts;

/// <summary>What an acquire answered.</summary>
/// <param name="Account">The account as it is now; null when there is none.</param>
/// <param name="Lease">The lease, when granted.</param>
/// <param name="Refusal">Why not, otherwise.</param>
internal sealed record AcquireResult(AccountState? Account, Lease? Lease, Refusal? Refusal);

/// <summary>Asks an account for a lease.</summary>
internal sealed class AcquireTurn(AccountId id, LeaseRequest request, KindLimits limits) : Turn<AcquireResult>
{
    public override TurnClass Class => TurnClass.Admission;

    public override AccountId? Account => id;

    public override TeamId? Team => request.Team;

    protected override AcquireResult Run(TurnScope scope)
    {
        if (scope.Account(id) is not { } account) return new AcquireResult(null, null, new Refusal(RefusalReason.Deleted));
        var (next, lease, refusal) = scope.Acquire(account, request, limits[request.Work.Kind]);
        return new AcquireResult(next, lease, refusal);
    }

    protected override bool TryYield(HeldRow row, out AcquireResult result)
    {
        result = new AcquireResult(null, null, new Refusal(RefusalReason.Contended));
        return !request.IsPatient;
    }

    protected override Turn? Compensate(AcquireResult result) =>
        result.Lease is { } lease ? new ReleaseTurn(id, lease.Id, new Settlement.NotSent()) : null;
}

/// <summary>Frees a call's slot and settles its credits. Doing it again changes nothing.</summary>
internal sealed class ReleaseTurn(AccountId id, LeaseId lease, Settlement settlement) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override AccountId? Account => id;

    protected override bool Run(TurnScope scope) => scope.Release(id, lease, settlement) is not null;
}

/// <summary>Creates, updates or revives an account. Answers null when its leases forbid the move (L8).</summary>
internal sealed class SaveAccountTurn(AccountSpec spec, string actor) : Turn<AccountState?>
{
    public override TurnClass Class => TurnClass.Admission;

    public override AccountId? Account => spec.Id;

    public override int Bytes => 8 * 1024;

    protected override AccountState? Run(TurnScope scope)
    {
        if (spec.ApplyTo(scope.Account(spec.Id), scope.Now) is not { } saved) return null;
        scope.Put(saved);
        if (spec.TokenHash is { } hash) scope.Put(new TokenClaim(spec.Id, hash));
        scope.Put(new AuditEntry(actor, "account.save", spec.Id.Value, Detail: null, scope.Now));
        return saved;
    }
}

/// <summary>Makes an id another name for the account that has its credential (V18). Answers null when it has running work of its own.</summary>
internal sealed class ShareAccountTurn(AccountSpec spec, AccountId first, string actor) : Turn<AccountState?>
{
    public override TurnClass Class => TurnClass.Admission;

    public override AccountId? Account => spec.Id;

    protected override AccountState? Run(TurnScope scope)
    {
        if (spec.ShareWith(first, scope.Account(spec.Id), scope.Now) is not { } saved) return null;
        scope.Put(saved);
        scope.Put(new TokenClaim(spec.Id, Hash: null));
        scope.Put(new AuditEntry(actor, "account.share", spec.Id.Value, $"with {first}", scope.Now));
        return saved;
    }
}

/// <summary>An admin's change of an account. Answers null when there is none.</summary>
internal sealed class ChangeAccountTurn(AccountId id, string actor, string action, Func<AccountState, AccountState> change) : Turn<AccountState?>
{
    public override TurnClass Class => TurnClass.Admission;

    public override AccountId? Account => id;

    protected override AccountState? Run(TurnScope scope)
    {
        if (scope.Account(id) is not { Deleted: false } account) return null;
        var changed = change(account.RollDay(scope.Now));
        scope.Put(changed);
        scope.Put(new AuditEntry(actor, action, id.Value, Detail: null, scope.Now));
        return changed;
    }
}

/// <summary>Learns from an answer that settles no lease: a poll, a first try. An answer to a credential that has been replaced since teaches nothing.</summary>
/// <param name="id">Which account.</param>
/// <param name="error">What it said.</param>
/// <param name="sentWith">The credential, sealed.</param>
/// <param name="team">Whose work it was about; null for nobody's.</param>
/// <param name="isRead">It answered a caller's read.</param>
internal sealed class LearnTurn(AccountId id, Upstreams.UpstreamError error, string sentWith, TeamId? team = null, bool isRead = false) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override AccountId? Account => id;

    protected override bool Run(TurnScope scope)
    {
        if (scope.Account(id) is not { } account || account.SealedSecret != sentWith) return false;
        var health = isRead ? account.Health.AfterRead(error, scope.Now) : account.Health.After(error, model: null, scope.Now, operation: null, team);
        if (ReferenceEquals(health, account.Health)) return false;
        scope.Put(account with { Health = health });
        return true;
    }
}

/// <summary>What a probe is about: the credential it was sent with, and the instant it was due at.</summary>
/// <param name="SentWith">The account's credential, sealed: an answer to another teaches nothing.</param>
/// <param name="Due">Two nodes that both probed count one strike; null where somebody asked out of turn.</param>
internal sealed record Probe(string SentWith, DateTimeOffset? Due);

/// <summary>Settles a doubt about an account, or keeps it up, by what a probe of it met. Answers whether the account learned.</summary>
/// <param name="id">Which account.</param>
/// <param name="probe">The probe.</param>
/// <param name="error">What it met; null when all is well.</param>
/// <param name="actor">The admin who asked; null for the gateway itself.</param>
internal sealed class ProbedTurn(AccountId id, Probe probe, Upstreams.UpstreamError? error, string? actor) : Turn<bool>
{
    public override TurnClass Class => actor is null ? TurnClass.Obligation : TurnClass.Admission;

    public override AccountId? Account => id;

    protected override bool Run(TurnScope scope)
    {
        if (scope.Account(id) is not { Deleted: false } account) return false;
        if (actor is not null) scope.Put(new AuditEntry(actor, "account.validate", id.Value, Detail: null, scope.Now));
        if (account.SealedSecret != probe.SentWith) return false;
        if (error is not null && probe.Due is { } due && due != account.Health.ProbeAt) return false;
        scope.Put(account with { Health = account.Health.AfterProbe(error, scope.Now) });
        return true;
    }
}

/// <summary>Gives a dead incarnation's lease to this one (L5). Answers the lease, or null when somebody was quicker.</summary>
internal sealed class AdoptLeaseTurn(AccountId id, LeaseId lease, string from) : Turn<Lease?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override AccountId? Account => id;

    protected override Lease? Run(TurnScope scope)
    {
        if (scope.Account(id) is not { } account || account.FindLease(lease) is not { } found || found.Owner != from) return null;
        var adopted = account.Adopt(lease, scope.Owner);
        scope.Put(adopted);
        return adopted.FindLease(lease);
    }
}

internal static class AccountScope
{
    extension(TurnScope scope)
    {
        /// <summary>Releases a lease within a turn: slot, credits, charge and health together. Null when it was released before.</summary>
        public Charge? Release(AccountId id, LeaseId lease, Settlement settlement)
        {
            if (scope.Account(id) is not { } account) return null;
            var team = account.FindLease(lease)?.Team;
            var (next, charge) = account.Release(lease, settlement, scope.Now);
            if (charge is null) return null;
            scope.Put(next.ForgetUnneededSecret());
            scope.Put(charge);
            if (team is { } limited) scope.Settle(limited, lease, charge.Charged);
            return charge;
        }
    }
}
