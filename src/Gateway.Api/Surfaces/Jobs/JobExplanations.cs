using Gateway.Api.Auth;
using Gateway.Engine.Teams;
using Gateway.Grains.Routing;
using Gateway.Model;
using Gateway.Model.Accounts;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>Says why a job waits, or why it runs where it does. Teams hear counts and reasons, admins accounts too.</summary>
internal sealed class JobExplanations(
    RouterGrain router, QueuePauses pauses, QueuePosition outlook, TeamStandingsReader teams, WaitReasons reasons, TimeProvider time)
{
    public async Task<ExplainView> ExplainAsync(JobState job, Caller caller, CancellationToken cancellationToken)
    {
        var place = await outlook.PlaceAsync(job, cancellationToken);
        var accounts = job.Status == JobStatus.Queued
            ? await router.SurveyStoreAsync(new RouteRequest(job.Work, job.Id, job.Attempt + 1) { Team = job.Team }, cancellationToken)
            : null;
        var (waitsFor, until, sentence) = accounts is null
            ? (null, null, AfterTheQueue(job, caller))
            : InTheQueue(job, await WaitingAsync(job, accounts, cancellationToken), place.Position ?? 1);
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
            Refusals =
            [
                .. job.Refusals.Select(
                    refusal =>
                        new ExplainRefusal(
                            refusal.Attempt, caller.IsAdmin ? refusal.Why : refusal.ShownWhy,
                            caller.IsAdmin ? refusal.Account.Value : null))
            ],
        };
    }

    // From the store: a node that dispatches nothing knows of no team that is at its limit.
    private async Task<Waiting> WaitingAsync(JobState job, IReadOnlyList<AccountExplanation> accounts, CancellationToken cancellationToken)
    {
        var standings = await teams.ReadAsync([job.Team], cancellationToken);
        return Waiting.Of(
            job, await pauses.FindInStoreAsync(job.Lane, cancellationToken), WaitReasons.LimitOf(job, standings, accounts),
            reasons.ShareOf(job), accounts);
    }

    private (string WaitsFor, DateTimeOffset? Until, string Sentence) InTheQueue(JobState job, Waiting waiting, int position) =>
        waiting switch
        {
            Waiting.ForItsTime { IsRunAt: true, At: var at } => ("not_before", at, $"It waits for its runAt, {OwnJson.Write(at)}."),
            Waiting.ForItsTime { At: var at } =>
                ("not_before", at, $"It was refused and is tried again at {OwnJson.Write(at)}: {job.Reason}."),
            Waiting.ForTheOperator { Pause: var pause } =>
                ("paused", null, $"An operator has paused {(pause.Target == QueuePause.Everything ? "all queues" : "its lane")} since " +
                    $"{OwnJson.Write(pause.At)}."),
            Waiting.ForItsTeam { Limit: var limit } => AtLimit(NobodyFree.AtLimit(time.GetUtcNow(), limit), position),
            Waiting.ForItsShare { Share: var share } => ("team_share", null, $"{Capital(share.Describe())}; {Before(position)}."),
            Waiting.ForAnAccount => ("account_gone", null, "No account can serve it any more."),
            Waiting.ForASlot { Nobody: var nobody, Accounts: var accounts } =>
                ("no_free_account", nobody.Until, $"{NoneOf(accounts)}: {nobody.Describe()}{EndOf(nobody, "the first until")}; " +
                    $"{Before(position)}."),
            _ when position > 1 => ("behind_others", null, $"{Capital(Before(position))}."),
            _ => ("about_to_start", null, "An account is free for it; it is about to be sent."),
        };

    private static (string WaitsFor, DateTimeOffset? Until, string Sentence) AtLimit(NobodyFree limit, int position) =>
        ("team_limit", limit.Until, $"{Capital(limit.Describe())}{EndOf(limit, "until")}; {Before(position)}.");

    private static string AfterTheQueue(JobState job, Caller caller)
    {
        var where = caller.IsAdmin && job.Account is { } account ? $"Account {account}" : "Its account";
        var picked =
            $"{where} was picked at random among those that were free for " +
                $"it{(job.Refusals.Length == 0 ? "" : $", after {Count(job.Refusals.Length, "refusal")}")}";
        return job.Status switch
        {
            JobStatus.Submitting => $"{picked}; the request is being sent.",
            JobStatus.Running => $"{picked}; the upstream works on it{(job.Reason is null ? "" : $" ({job.Reason})")}.",
            JobStatus.Unknown when job.IsAdrift =>
                $"It was queued in the backup that the gateway was restored from, and nobody knows whether it ran since. An operator " +
                    $"decides; else it fails at {OwnJson.Write(job.WakeAt!.Value)}.",
            JobStatus.Unknown =>
                $"{picked}; nobody knows whether the upstream took it: {job.Reason}. Its slot is kept until that is known or its time is " +
                    $"up.",
            JobStatus.Queued or JobStatus.Succeeded or JobStatus.Failed or JobStatus.Cancelled or JobStatus.Expired => job.Account is null
                ? $"It is {job.Status.Name} and was never sent{Because(job)}."
                : $"{picked}; it is {job.Status.Name}{Because(job)}.",
        };
    }

    private static string Because(JobState job) =>
        job.Error is { } error ? $": {error.Message.TrimEnd('.')}" : job.Reason is { } reason ? $": {reason}" : "";

    private static string EndOf(NobodyFree nobody, string word) => nobody.Until is { } until ? $", {word} {OwnJson.Write(until)}" : "";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Before(int position) =>
        position == 1 ? "it is next in line" : $"{Count(position - 1, "job")} {(position == 2 ? "goes" : "go")} before it";

    private static string NoneOf(int accounts) =>
        accounts == 1 ? "The only account that serves it is not free" : $"None of the {accounts} accounts that serve it is free";

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
