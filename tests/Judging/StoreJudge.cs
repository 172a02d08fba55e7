using Gateway.Model.Accounts;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Testing.Judging;

/// <summary>
/// What a store alone must say of a job and of an account, whatever happened to it before. The rounds of chaos, the stress run and
/// the random schedules all ask this judge; what they know besides, each judges for itself.
/// </summary>
internal static class StoreJudge
{
    /// <summary>A job's events go without gaps from 1 along legal edges, from queued to where the job is.</summary>
    public static IEnumerable<Violation> Events(JobState job, IReadOnlyList<JobEvent> events)
    {
        var story = string.Join(" → ", events.Select(change => $"{change.Seq} {change.Status.Name}"));
        if (!events.Select(change => change.Seq).SequenceEqual(Enumerable.Range(1, events.Count).Select(seq => (long)seq)))
            yield return new(Promise.NoEventMissed, $"job {job.Id} has gaps in its events: {story}");
        if (events.Count == 0 || events[0].Status != JobStatus.Queued)
            yield return new(Promise.NoEventMissed, $"job {job.Id} does not begin with queued: {story}");
        if (events.Count > 0 && (events[^1].Status != job.Status || events[^1].Seq != job.Seq))
            yield return new(
                Promise.NoEventMissed, $"job {job.Id} is {job.Status.Name} at {job.Seq}, its last event says otherwise: {story}");
        foreach (var (before, after) in events.Zip(events.Skip(1)))
            if (!JobEdges.Allows(before.Status, after.Status))
                yield return new(Promise.Sound, $"job {job.Id} took a forbidden edge: {story}");
    }

    /// <summary>An account's books agree with its charges, one per lease, and stay within its budget.</summary>
    public static IEnumerable<Violation> Books(AccountState account, IReadOnlyList<Charge> charges)
    {
        if (charges.DistinctBy(charge => charge.Lease).Count() != charges.Count)
            yield return new(Promise.Sound, $"account {account.Id} charged a lease twice");
        var charged = charges.Where(charge => charge.Day == account.Credits.Day).Sum(charge => charge.Charged);
        if (account.Credits.Used != charged)
            yield return new(
                Promise.Sound,
                $"account {account.Id} has used {account.Credits.Used} credits, its charges of {account.Credits.Day} sum up to {charged}");
        if (account.Credits.Used + account.Reserved > account.DailyCredits)
            yield return new(
                Promise.NeverOverBudget,
                $"account {account.Id} has used {account.Credits.Used} and reserved {account.Reserved} of {account.DailyCredits} credits");
    }

    /// <summary>Nothing holds a slot once all work has ended.</summary>
    public static IEnumerable<Violation> Rest(AccountState account) =>
        account.Leases.Select(
            lease =>
                new Violation(
                    Promise.NoSlotLeaked,
                    $"account {account.Id} still has lease {lease.Id} of {(lease.Job is { } job ? $"job {job}" : "a call")}"));
}
