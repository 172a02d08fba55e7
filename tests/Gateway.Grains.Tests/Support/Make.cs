using Gateway.Engine.Accounts;
using Gateway.Engine.Jobs;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Support;

/// <summary>States and requests with sensible fields, so that a test names only what it is about.</summary>
internal static class Make
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);
    public static readonly AccountId AccountOne = new("1");
    public static readonly KindLimit VideoLimit = KindLimits.Default[JobKind.Video];

    private static long _lastJob = 1000;

    public static AccountState Account(
        int maxJobs = 2, long? daily = null, string id = "1", DateTimeOffset? now = null, string zone = "UTC") => new()
        {
            Id = new AccountId(id),
            Driver = "platform",
            BaseUrl = new Uri("http://upstream.test"),
            SealedSecret = "sealed",
            MaxJobs = maxJobs,
            DailyCredits = daily,
            TimeZone = zone,
            CreatedAt = now ?? Noon,
            Credits = CreditLedger.Open(now ?? Noon, zone),
        };

    public static AccountSpec Spec(string id = "1", int maxJobs = 2, long? daily = null) => new()
    {
        Id = new AccountId(id),
        Driver = "platform",
        BaseUrl = new Uri("http://upstream.test"),
        SealedSecret = "sealed",
        Patch = new AccountPatch { MaxJobs = maxJobs, DailyCredits = daily },
    };

    public static LeaseRequest Call(
        long ceiling = 0, string owner = "node", int? maxJobs = null, string? model = "m", JobKind kind = JobKind.Chat) =>
        new(LeaseId.New(), owner, new Work(kind, model), ceiling, MaxJobs: maxJobs);

    public static LeaseRequest ForJob(JobId job, int attempt = 1, long ceiling = 30, string owner = "node", string? model = "m") =>
        new(LeaseId.New(), owner, new Work(JobKind.Video, model), ceiling, job, attempt);

    /// <summary>A short one: whatever confuses what is stored with what is shown does not find it.</summary>
    public static JobId JobId() => new(ShortIds.Of(Interlocked.Increment(ref _lastJob), low: 0));

    public static JobState Job(
        JobId? id = null, string? model = "m", int priority = 5, JobKind kind = JobKind.Video, AccountId? pinned = null,
        TeamId? team = null) => new()
        {
            Id = id ?? JobId(),
            Team = team ?? TeamId.Default,
            Kind = kind,
            Model = model,
            Pinned = pinned,
            Priority = priority,
            Request = new BodyRef(2, LargeId: null),
        };

    public static SubmitJobTurn Submit(
        JobState job, IdempotencyRecord? record = null, DirectDispatch? direct = null, bool mayQueue = true) =>
        new(job, "{}"u8.ToArray(), record, direct, mayQueue, KindLimits.Default);

    public static DispatchTurn Dispatch(JobState job, AccountId account, int attempt = 1, long ceiling = 30, string owner = "node") =>
        new(job.Id, account, ForJob(job.Id, attempt, ceiling, owner, job.Model), KindLimits.Default);

    public static AcquireTurn Acquire(AccountId account, LeaseRequest? request = null) =>
        new(account, request ?? Call(), KindLimits.Default);

    public static IdempotencyRecord Record(string key, JobId job, string fingerprint = "print") =>
        new(new IdempotencyKey(TeamId.Default, key), fingerprint, job, ExpiresAt: default);

    public static UpstreamError Error(
        ErrorClass kind = ErrorClass.FailOver, Billed billed = Billed.No, int? code = 1002, TimeSpan? coolDown = null,
        DateTimeOffset? until = null) =>
        new(kind, code, "the vendor says no", billed, coolDown ?? TimeSpan.Zero, until);

    public static AttemptEnd.Succeeded Success(long? units = null) =>
        new(new BodyRef(4, LargeId: null), "done"u8.ToArray(), FileId: "file-1", new Usage(units, Tokens: null));
}
