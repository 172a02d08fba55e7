using Gateway.Model;
using Gateway.Model.Accounts;
using Gateway.Model.Jobs;
using Gateway.Model.Queueing;

namespace Gateway.Grains.Routing;

/// <summary>What a queued job waits for: of several things the first that has to end.</summary>
internal abstract record Waiting
{
    /// <summary>Its <c>runAt</c>, or the end of a back-off.</summary>
    internal sealed record ForItsTime(DateTimeOffset At, bool IsRunAt) : Waiting
    {
        public override string Words => IsRunAt ? "waits for runAt" : $"is tried again at {OwnJson.Write(At)}";
    }

    /// <summary>An operator's pause.</summary>
    internal sealed record ForTheOperator(QueuePause Pause) : Waiting
    {
        public override string Words => "paused";
    }

    /// <summary>A limit of its team.</summary>
    internal sealed record ForItsTeam(Refusal Limit) : Waiting
    {
        public override string Words =>
            Limit.Reason == RefusalReason.TeamOutOfCredits ? "team has no credits left today" : "team at its limit";
    }

    /// <summary>Its team's share of the slots.</summary>
    internal sealed record ForItsShare(TeamShare Share) : Waiting
    {
        public override string Words => Share.Words;
    }

    /// <summary>An account that is able to serve it: there is none any more.</summary>
    internal sealed record ForAnAccount : Waiting
    {
        public override string Words => "no account can serve it any more";
    }

    /// <summary>One of the accounts, of which none is free.</summary>
    internal sealed record ForASlot(NobodyFree Nobody, int Accounts) : Waiting
    {
        public override string Words => Nobody.Describe("account");
    }

    /// <summary>Its turn: an account is free.</summary>
    internal sealed record ForItsTurn : Waiting
    {
        public override string Words => "waits for its turn";
    }

    /// <summary>In a few words, for people.</summary>
    public abstract string Words { get; }

    /// <summary>What a queued job waits for.</summary>
    /// <param name="job">The job.</param>
    /// <param name="pause">What holds its lane back.</param>
    /// <param name="limit">What holds its team back.</param>
    /// <param name="share">The share that its team has used up.</param>
    /// <param name="accounts">What the accounts would say to it.</param>
    public static Waiting Of(JobState job, QueuePause? pause, Refusal? limit, TeamShare? share, IReadOnlyList<AccountExplanation> accounts)
    {
        if (job.NotBefore is { } at) return new ForItsTime(at, job.RunAt == at);
        if (pause is not null) return new ForTheOperator(pause);
        if (limit is not null) return new ForItsTeam(limit);
        if (accounts.Count == 0) return new ForAnAccount();
        if (share is not null) return new ForItsShare(share);

        var refusals = accounts.Where(account => account.Refusal is not null).Select(account => account.Refusal!).ToList();
        if (refusals.Count < accounts.Count) return new ForItsTurn();
        return new ForASlot(
            new NobodyFree(
                refusals.GroupBy(refusal => refusal.Reason).ToDictionary(reason => reason.Key, reason => reason.Count()),
                refusals.Min(refusal => refusal.Until)),
            accounts.Count);
    }
}
