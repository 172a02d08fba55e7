using Gateway.Api.Auth;
using Gateway.Grains;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>Says why a job waits, or why it runs where it does. Teams hear counts and reasons, admins accounts too.</summary>
internal sealed class JobExplanations(RouterGrain router, QueuePauses pauses, QueueOutlook outlook)
{
    public async Task<ExplainView> ExplainAsync(JobState job, Caller caller, CancellationToken cancellationToken)
    {
        var place = await outlook.PlaceAsync(job, cancellationToken);
        var accounts = job.Status == JobStatus.Queued ? router.Survey(new RouteRequest(job.Work, job.Id, job.Attempt + 1)) : null;
        var (waitsFor, until, sentence) = accounts is null ? (null, null, AfterTheQueue(job, caller)) : InTheQueue(job, accounts, place.Position ?? 1);
        return new ExplainView
        {
            Id = job.Id.ToString(),
            Status = job.Status.Name,
            Sentence = sentence,
            WaitsFor = waitsFor,
            Until = until,
            Position = place.Position,
            EtaSeconds = place.Eta is { } eta ? (int)Math.Ceiling(eta.TotalSeconds) : null,
            Accounts = accounts is null ? null : AccountsView.Of(accounts, caller),
            Account = caller.IsAdmin ? job.Account?.Value : null,
            Refusals = [.. job.Refusals.Select(refusal => new ExplainRefusal(refusal.Attempt, refusal.Why, caller.IsAdmin ? refusal.Account.Value : null))],
        };
    }

    // What holds it back whatever the accounts say comes first.
    private (string WaitsFor, DateTimeOffset? Until, string Sentence) InTheQueue(JobState job, IReadOnlyList<AccountOutlook> accounts, int position)
    {
        if (job.NotBefore is { } at) return ("not_before", at, job.RunAt == at ? $"It waits for its runAt, {OwnJson.Write(at)}." : $"It was refused and is tried again at {OwnJson.Write(at)}: {job.Reason}.");
        if (pauses.Find(job.Lane) is { } pause) return ("paused", null, $"An operator has paused {(pause.Target == QueuePause.Everything ? "all queues" : "its lane")} since {OwnJson.Write(pause.At)}.");
        if (router.WhyTeamWaits(job.Team) is { } limit) return ("team_limit", limit.Until, $"{Capital(limit.Describe())}{EndOf(limit, "until")}; {Before(position)}.");
        if (accounts.Count == 0) return ("account_gone", null, "No account can serve it any more.");

        var refusals = accounts.Where(account => account.Refusal is not null).Select(account => account.Refusal!).ToList();
        var nobody = new NobodyFree(refusals.GroupBy(refusal => refusal.Reason).ToDictionary(reason => reason.Key, reason => reason.Count()), refusals.Min(refusal => refusal.Until));
        if (refusals.Count == accounts.Count)
            return ("no_free_account", nobody.Until, $"{NoneOf(accounts.Count)}: {nobody.Describe()}{EndOf(nobody, "the first until")}; {Before(position)}.");
        return position > 1
            ? ("behind_others", null, $"{Before(position)}.")
            : ("about_to_start", null, "An account is free for it; it is about to be sent.");
    }

    private static string AfterTheQueue(JobState job, Caller caller)
    {
        var where = caller.IsAdmin && job.Account is { } account ? $"Account {account}" : "Its account";
        var picked = $"{where} was picked at random among those that were free for it{(job.Refusals.Length == 0 ? "" : $", after {Count(job.Refusals.Length, "refusal")}")}";
        return job.Status switch
        {
            JobStatus.Submitting => $"{picked}; the request is being sent.",
            JobStatus.Running => $"{picked}; the upstream works on it{(job.Reason is null ? "" : $" ({job.Reason})")}.",
            JobStatus.Unknown when job.IsAdrift => $"It was queued in the backup that the gateway was restored from, and nobody knows whether it ran since. An operator decides; else it fails at {OwnJson.Write(job.WakeAt!.Value)}.",
            JobStatus.Unknown => $"{picked}; nobody knows whether the upstream took it: {job.Reason}. Its slot is kept until that is known or its time is up.",
            _ when job.Account is null => $"It is {job.Status.Name} and was never sent{Because(job)}.",
            _ => $"{picked}; it is {job.Status.Name}{Because(job)}.",
        };
    }

    private static string Because(JobState job) => job.Error is { } error ? $": {error.Message.TrimEnd('.')}" : job.Reason is { } reason ? $": {reason}" : "";

    private static string EndOf(NobodyFree nobody, string word) => nobody.Until is { } until ? $", {word} {OwnJson.Write(until)}" : "";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Before(int position) => position == 1 ? "it is next in line" : $"{Count(position - 1, "job")} {(position == 2 ? "goes" : "go")} before it";

    private static string NoneOf(int accounts) =>
        accounts == 1 ? "The only account that serves it is not free" : $"None of the {accounts} accounts that serve it is free";

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
