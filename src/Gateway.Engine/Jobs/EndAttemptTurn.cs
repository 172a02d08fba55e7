using Gateway.Engine.Accounts;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Content;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Jobs;

/// <summary>
/// Ends an attempt: the job moves, the slot is freed, the credits settle and the event is written, together. Evidence is
/// always accepted (J2): on a job that has ended otherwise, only the slot and the ledger move.
/// </summary>
internal sealed class EndAttemptTurn(
    AccountId account, LeaseId lease, JobId id, int attempt, AttemptEnd end, RetryPolicy? retry = null,
    bool copiesResults = false) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override AccountId? Account => account;

    public override JobId? Job => id;

    public override int Bytes => 2048 + ((end as AttemptEnd.Succeeded)?.SmallResult?.Length ?? 0);

    protected override JobState? Run(TurnScope scope)
    {
        var job = scope.Job(id);
        var charge = scope.Release(account, lease, SettlementFor(job, scope.Account(account)?.FindLease(lease)));
        if (job is null) return null;

        if (!job.IsAt(attempt)) return NoteOnly(scope, job, charge);
        if (Next(job, charge, scope.Now) is not { } next) return job;

        if (end is AttemptEnd.Succeeded { SmallResult: { } result }) scope.Put(new BodyWrite(id, BodyPart.Result, result));
        if (copiesResults && next is { Status: JobStatus.Succeeded, Kind: not JobKind.Chat }) scope.Put(new DueCopy(id, scope.Now));
        scope.Put(next);
        return next;
    }

    // What two accounts say alike is no fault of the second. One piece of work counts as one failure of an account, however often it is
    // sent there.
    private Settlement SettlementFor(JobState? job, Lease? held) => end is AttemptEnd.Failed { Error: var error } failed && job is not null
        ? Settlement.For(error, job.Model, job.Teaches(error, account) && !(failed.IsRepeat && error.Class == ErrorClass.Retry))
        : end.Settle(job, held);

    private JobState? Next(JobState job, Charge? charge, DateTimeOffset now) => end switch
    {
        AttemptEnd.Succeeded succeeded => job.Succeed(succeeded.Result, succeeded.FileId, charge?.Charged ?? job.Reserved, now),
        AttemptEnd.Failed failed => AfterFailure(job, failed.Error, charge, now),
        AttemptEnd.Lapsed lapsed => job.Fail(lapsed.Error, charge?.Charged, now),
        AttemptEnd.TakenBack => job.Cancel("cancelled upstream before it began", now, charge?.Charged),
        AttemptEnd.NotSent when job.CancelRequested => job.Cancel("cancelled before it was sent", now),
        AttemptEnd.NotSent notSent => job.Requeue($"not sent: {notSent.Why}"),
        _ => null,
    };

    private JobState? AfterFailure(JobState job, UpstreamError error, Charge? charge, DateTimeOffset now)
    {
        var decision = job.After(account, error);
        if (job.CancelRequested && decision is not (RetryDecision.RequestsFault or RetryDecision.Stop))
            return job.Cancel("cancelled before it was accepted", now, charge?.Charged);
        return decision switch
        {
            // The words are about the request, so they may be shown as they are.
            RetryDecision.RequestsFault => job.Fail(new JobError(CodeOf(error), error.Message, error.Code), charge?.Charged, now),
            RetryDecision.Stop =>
                job.Fail(
                    ErrorOf(error, CodeOf(error), error.ConcernsAccount ? error.DescribeToTeam() : error.Message), charge?.Charged, now),
            RetryDecision.GiveUp =>
                job.Fail(
                    ErrorOf(error, "attempts_exhausted", $"{JobState.MaxAttempts} attempts were refused, last: {error.DescribeToTeam()}"),
                    charge?.Charged,
                    now),
            RetryDecision.Elsewhere or RetryDecision.ElsewhereElseHere or RetryDecision.Here =>
                job.Requeue(JobRefusal.Of(account, attempt, error), (retry ?? RetryPolicy.Default).NotBefore(job, account, error, now)),
        };
    }

    private static string CodeOf(UpstreamError error) =>
        error.JobCode ?? (error.Class == ErrorClass.Moderation ? "moderated" : "upstream_error");

    private static JobError ErrorOf(UpstreamError error, string code, string message) =>
        new(code, message, error.Code) { AccountWords = error.ConcernsAccount ? error.Describe() : null };

    // A job that was cancelled while the upstream worked on: what it cost becomes a note on it.
    private JobState NoteOnly(TurnScope scope, JobState job, Charge? charge)
    {
        if (charge is null || job.Attempt != attempt || !job.Status.IsTerminal) return job;
        var noted = job with { Charged = charge.Charged };
        scope.Put(noted);
        return noted;
    }
}
