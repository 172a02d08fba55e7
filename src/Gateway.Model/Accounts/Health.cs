using System.Collections.Immutable;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Model.Accounts;

/// <summary>What the upstream's answers taught about an account. A cool-down is extended, never shortened.</summary>
/// <param name="AuthFailed">The upstream said that the credential is dead. A probe that is answered well says otherwise.</param>
/// <param name="Until">End of the cool-down.</param>
/// <param name="Reason">Why it cools down, in words that hold no secret.</param>
/// <param name="Failures">When recent transient failures happened that are no team's in particular: the sliding window.</param>
/// <param name="Models">Models that are blocked here while others work.</param>
internal sealed record Health(
    bool AuthFailed,
    DateTimeOffset? Until,
    string? Reason,
    ImmutableArray<DateTimeOffset> Failures,
    ImmutableArray<ModelBlock> Models)
{
    /// <summary>Operations that are blocked here, whatever the model; null for none.</summary>
    public ImmutableArray<OperationBlock>? Operations { get; init; }

    /// <summary>A doubt that is not settled; null for none. A dead credential of an older version's row has none either.</summary>
    public Suspicion? Suspicion { get; init; }

    /// <summary>Until when a good probe speaks for the account: a doubt raised meanwhile is probed at once and costs no rest.</summary>
    public DateTimeOffset? VouchedUntil { get; init; }

    /// <summary>Recent transient failures of teams' requests; null for none.</summary>
    public ImmutableArray<TeamFailure>? TeamFailures { get; init; }

    /// <summary>For whom alone it rests; null for nobody.</summary>
    public ImmutableArray<TeamRest>? TeamRests { get; init; }

    public static readonly Health Good = new(AuthFailed: false, Until: null, Reason: null, Failures: [], Models: []);

    /// <summary>So many transient failures within <see cref="Window"/> rest the account for <see cref="Rest"/>.</summary>
    public const int FailuresThatRest = 5;

    /// <summary>The sliding window: older failures are forgotten, so one failure an hour never adds up.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a good probe speaks for an account: whoever can provoke doubts takes it out for seconds a minute, not for good.
    /// </summary>
    public static readonly TimeSpan Vouch = TimeSpan.FromMinutes(1);

    /// <summary>The longest rest that an upstream may ask for.</summary>
    public static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    private const int MostBlocks = 50;

    // A plan is used up for a week at most; a model or a permission is asked for again after a day.
    private static readonly TimeSpan LongestExhausted = TimeSpan.FromDays(7);
    private static readonly TimeSpan LongestBlock = TimeSpan.FromHours(24);

    /// <summary>Whether it takes nothing until a probe is answered well, or an admin acts.</summary>
    public bool IsParked => AuthFailed || Suspicion is { Parks: true };

    /// <summary>When it is to be asked whether it works; null while nobody doubts it.</summary>
    public DateTimeOffset? ProbeAt => Suspicion?.ProbeAt ?? (AuthFailed ? DateTimeOffset.MinValue : null);

    public DateTimeOffset? SuspectUntil(DateTimeOffset now) => Suspicion?.RestsUntil > now ? Suspicion.RestsUntil : null;

    /// <summary>The same, for the work of one team: what another's requests alone made doubtful serves it meanwhile.</summary>
    public DateTimeOffset? SuspectUntil(DateTimeOffset now, TeamId? team) =>
        Suspicion is { By: { } one } && one != team ? null : SuspectUntil(now);

    public HealthState StateAt(DateTimeOffset now) =>
        AuthFailed ? HealthState.AuthFailed
        : IsParked ? HealthState.Parked
        : Suspicion is not null ? HealthState.Suspect
        : CoolingUntil(now) is not null ? HealthState.Cooling
        : HealthState.Ok;

    /// <summary>Why it is not ok, in words that hold no secret; null when it is.</summary>
    public string? ReasonAt(DateTimeOffset now) => StateAt(now) switch
    {
        HealthState.Ok => null,
        HealthState.Cooling => Reason,
        _ => Suspicion?.Reason ?? Reason,
    };

    public DateTimeOffset? CoolingUntil(DateTimeOffset now) => Until > now ? Until : null;

    public DateTimeOffset? BlockedUntil(string? model, DateTimeOffset now)
    {
        foreach (var block in Models)
            if (block.Model == (model ?? NoModel) && block.Until > now) return block.Until;
        return null;
    }

    public DateTimeOffset? OperationBlockedUntil(Work work, DateTimeOffset now)
    {
        if (Operations is not { } blocks) return null; // nearly always
        var operation = Work.NameOf(work.Kind, work.Operation);
        foreach (var block in blocks)
            if (block.Operation == operation && block.Until > now) return block.Until;
        return null;
    }

    /// <summary>The health after an upstream's error.</summary>
    /// <param name="error">What it said.</param>
    /// <param name="model">The model it was about, if any.</param>
    /// <param name="now">When.</param>
    /// <param name="operation">The operation it was about, if any.</param>
    /// <param name="team">Whose request it answered; null for nobody's, then it is told for all.</param>
    public Health After(UpstreamError error, string? model, DateTimeOffset now, string? operation = null, TeamId? team = null) =>
        error.Class switch
        {
            ErrorClass.AuthDead => Doubt(error, isProof: true, now, team),
            ErrorClass.Suspect => Doubt(error, isProof: false, now, team),
            ErrorClass.Retry => team is { } one ? Failed(error, one, now) : Failed(error, now),
            ErrorClass.ModelUnavailable => Block(model ?? NoModel, RestEnd(error, now), now),
            ErrorClass.OperationUnavailable when operation is not null => BlockOperation(operation, RestEnd(error, now), now),
            ErrorClass.RateLimited when error.Retry == RetryRule.UntilTwoAgree
                && team is { } one
                && !TeamRests.HasAnother(one, family: null, now) =>
                RestTeam(one, family: null, RestEnd(error, now), error.Describe(), now),
            ErrorClass.FailOver or ErrorClass.Exhausted or ErrorClass.RateLimited => Cool(RestEnd(error, now), error.Describe()),
            // Not the account's: the caller's fault, moderation, a vendor-wide overload; and what names no operation.
            ErrorClass.Caller or ErrorClass.Moderation or ErrorClass.Overload or ErrorClass.OperationUnavailable => this,
        };

    /// <summary>
    /// The health after the answer to a read, which any caller may provoke and which is no work: a doubt is probed at once and rests
    /// nothing.
    /// </summary>
    public Health AfterRead(UpstreamError error, DateTimeOffset now) =>
        error.Class == ErrorClass.Suspect ? Doubt(error, isProof: false, now, team: null, isVouched: true) : After(error, model: null, now);

    /// <summary>
    /// The health after a good answer on a lease taken at <paramref name="leasedAt"/>: whom the account serves, it serves.
    /// </summary>
    public Health AfterSuccess(DateTimeOffset leasedAt) => !IsParked && leasedAt > Suspicion?.Since ? Trust() : this;

    /// <summary>
    /// The health after a probe: a question that nobody but the gateway chooses, so that its answer is about the account alone.
    /// </summary>
    /// <param name="error">What it met; null when all is well.</param>
    /// <param name="now">When.</param>
    public Health AfterProbe(UpstreamError? error, DateTimeOffset now) =>
        error is null ? Trust() with { VouchedUntil = now + Vouch } : AfterRefusedProbe(error, now);

    private Health AfterRefusedProbe(UpstreamError error, DateTimeOffset now) => error.Class switch
    {
        ErrorClass.AuthDead or ErrorClass.Suspect => this with
        {
            AuthFailed = AuthFailed || error.Class == ErrorClass.AuthDead,
            Suspicion = (Suspicion ?? Suspicion.Begin(error.Describe(), isVouched: false, now)).Strike(error.Describe(), now),
            VouchedUntil = null,
        },
        // An edge's page, silence, a broken server: nothing was said about the account.
        ErrorClass.Retry or ErrorClass.Overload => ProbeAt is null ? this : this with
        {
            Suspicion = (Suspicion ?? Suspicion.Begin(Reason ?? error.Describe(), isVouched: false, now)).Wait(now),
            VouchedUntil = null,
        },
        // It knows the account, and says something else about it.
        ErrorClass.FailOver or ErrorClass.RateLimited or ErrorClass.Exhausted or ErrorClass.ModelUnavailable
            or ErrorClass.OperationUnavailable or ErrorClass.Caller or ErrorClass.Moderation =>
            AfterProbe(error: null, now).After(error, model: null, now),
    };

    /// <summary>Without a doubt.</summary>
    public Health Trust() => this with { AuthFailed = false, Suspicion = null, Reason = AuthFailed && Suspicion is null ? null : Reason };

    /// <summary>How long an error rests what it is about: as the upstream said, within reason, else as long as such errors do.</summary>
    public static DateTimeOffset RestEnd(UpstreamError error, DateTimeOffset now)
    {
        var longest = now + error.Class switch
        {
            ErrorClass.Exhausted => LongestExhausted,
            ErrorClass.ModelUnavailable or ErrorClass.OperationUnavailable => LongestBlock,
            ErrorClass.Retry or ErrorClass.FailOver or ErrorClass.RateLimited or ErrorClass.AuthDead or ErrorClass.Suspect
                or ErrorClass.Caller or ErrorClass.Moderation or ErrorClass.Overload => LongestRest,
        };
        var end = error.Until > now ? error.Until.Value : now + error.CoolDown;
        return end < longest ? end : longest;
    }

    // Of a request that names no model: the vendor's choice is none of ours to name.
    private const string NoModel = "";

    // Parked, it learns from probes alone: what still runs there says nothing new.
    private Health Doubt(UpstreamError error, bool isProof, DateTimeOffset now, TeamId? team, bool isVouched = false)
    {
        if (IsParked) return this;
        isVouched |= VouchedUntil > now;
        var suspicion = Suspicion?.Renew(isVouched, now, team) ?? Suspicion.Begin(error.Describe(), isVouched, now, team);
        if (isProof) return this with { AuthFailed = true, Suspicion = suspicion with { Reason = error.Describe() } };
        return suspicion == Suspicion ? this : this with { Suspicion = suspicion };
    }

    /// <summary>Rests until the later of the present end and <paramref name="until"/>.</summary>
    public Health Cool(DateTimeOffset until, string reason) => Until >= until ? this : this with { Until = until, Reason = reason };

    /// <summary>Rests for one team.</summary>
    public Health RestTeam(TeamId team, string? family, DateTimeOffset until, string reason, DateTimeOffset now) =>
        this with { TeamRests = TeamRests.Put(new TeamRest(team, family, until, reason), now) };

    private Health Failed(UpstreamError error, TeamId team, DateTimeOffset now)
    {
        var recent = TeamFailures.Add(new TeamFailure(team, error.Request, now));
        if (recent.RestAll(TeamRests, now))
            return (this with { TeamFailures = null, TeamRests = null }).Cool(
                now + Rest, $"failures of several teams' requests within {Window.TotalMinutes:0} min, last: {error.Describe()}");
        if (!recent.RestTeam(team)) return this with { TeamFailures = recent };
        var others = recent.RemoveAll(failure => failure.Team == team);
        return (this with { TeamFailures = others.IsEmpty ? null : others })
            .RestTeam(
                team,
                family: null,
                now + Rest,
                $"{FailuresThatRest} failures of the team's requests within {Window.TotalMinutes:0} min, last: {error.Describe()}",
                now);
    }

    private Health Failed(UpstreamError error, DateTimeOffset now)
    {
        var recent = Failures.RemoveAll(at => at <= now - Window).Add(now);
        if (recent.Length < FailuresThatRest) return this with { Failures = recent };
        return (this with { Failures = [] }).Cool(
            now + Rest, $"{FailuresThatRest} failures within {Window.TotalMinutes:0} min, last: {error.Describe()}");
    }

    private Health BlockOperation(string operation, DateTimeOffset until, DateTimeOffset now)
    {
        var blocks = Operations ?? [];
        foreach (var block in blocks)
            if (block.Operation == operation && block.Until >= until) return this;
        return this with
        {
            Operations = blocks.RemoveAll(
                block => block.Operation == operation || block.Until <= now).Add(new OperationBlock(operation, until)),
        };
    }

    // Blocks that have ended are forgotten here: an account would collect one for every model anybody asked for.
    private Health Block(string model, DateTimeOffset until, DateTimeOffset now)
    {
        if (BlockedUntil(model, now) >= until) return this;
        var kept = Models.RemoveAll(block => block.Model == model || block.Until <= now);
        // Callers choose the names: the oldest block makes way, and its model is asked for once more.
        if (kept.Length >= MostBlocks) kept = kept.RemoveAt(0);
        return this with { Models = kept.Add(new ModelBlock(model, until)) };
    }
}
