using Gateway.Model.Ids;

namespace Gateway.Model.Accounts;

/// <summary>
/// A doubt about an account that nothing has settled yet (drawn in docs/state-machines.md). Any answer may raise it; what a caller can
/// provoke costs seconds. Only a probe, which no caller chooses, or a proof makes it more than that.
/// </summary>
/// <param name="Since">When it began: a good answer on a lease taken later ends it.</param>
/// <param name="ProbeAt">When the account is asked next whether it works.</param>
/// <param name="RestsUntil">Until when it takes nothing, unless a probe speaks for it before; null while it takes work.</param>
/// <param name="Reason">What was answered, in words that hold no secret.</param>
/// <param name="Strikes">Probes that were clearly refused.</param>
/// <param name="Probes">Probes that did not settle it: each makes the wait for the next one longer.</param>
internal sealed record Suspicion(
    DateTimeOffset Since, DateTimeOffset ProbeAt, DateTimeOffset? RestsUntil, string Reason, int Strikes = 0, int Probes = 0)
{
    /// <summary>
    /// The only team whose requests raised it: until a probe says otherwise it rests for that team alone. Null for everybody.
    /// </summary>
    public TeamId? By { get; init; }

    /// <summary>From a doubt to its first probe. Also the unit in which the pauses between probes grow.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    /// <summary>
    /// What a rest gives the probe to be answered. Past it callers are trusted again: where nobody probes, an account must not stay out.
    /// </summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(3);

    /// <summary>The longest pause between two probes, and so the longest that a healthy account is parked.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    /// <summary>One refused probe may be a hiccup of the vendor's.</summary>
    public const int StrikesThatPark = 2;

    /// <summary>Whether probes have spoken against the account often enough.</summary>
    public bool Parks => Strikes >= StrikesThatPark;

    /// <param name="reason">What was answered.</param>
    /// <param name="isVouched">A probe has just spoken for the account: it is asked again at once, and takes work meanwhile.</param>
    /// <param name="now">When.</param>
    /// <param name="team">Whose request met it; null for nobody's.</param>
    public static Suspicion Begin(string reason, bool isVouched, DateTimeOffset now, TeamId? team = null) =>
        (isVouched
            ? new Suspicion(now, now, RestsUntil: null, reason)
            : new Suspicion(now, now + Rest, now + Rest + AnswerTime, reason)) with
        { By = team };

    /// <summary>
    /// Another such answer: it rests again where it had been let in, and is probed no later than after a new doubt. Two teams' rest it for
    /// all.
    /// </summary>
    public Suspicion Renew(bool isVouched, DateTimeOffset now, TeamId? team = null)
    {
        if (By is not null && By != team) return (this with { By = null }).Renew(isVouched, now);
        if (RestsUntil > now || (isVouched && ProbeAt <= now)) return this;
        var renewed = Begin(Reason, isVouched, now);
        return this with { ProbeAt = ProbeAt < renewed.ProbeAt ? ProbeAt : renewed.ProbeAt, RestsUntil = renewed.RestsUntil };
    }

    /// <summary>A probe was clearly refused.</summary>
    public Suspicion Strike(string reason, DateTimeOffset now)
    {
        var next = now + PauseAfter(Probes + 1);
        return this with
        {
            Strikes = Strikes + 1,
            Probes = Probes + 1,
            Reason = reason,
            ProbeAt = next,
            RestsUntil = next + AnswerTime,
            By = null,
        };
    }

    /// <summary>A probe had no answer that proves anything: callers may find out meanwhile.</summary>
    public Suspicion Wait(DateTimeOffset now) =>
        this with { Probes = Probes + 1, ProbeAt = now + PauseAfter(Probes + 1), RestsUntil = null };

    /// <summary>The pause after so many probes: twice the one before, up to <see cref="LongestPause"/>.</summary>
    public static TimeSpan PauseAfter(int probes) =>
        Rest * Math.Pow(2, Math.Min(probes, 20)) is var pause && pause < LongestPause ? pause : LongestPause;
}
