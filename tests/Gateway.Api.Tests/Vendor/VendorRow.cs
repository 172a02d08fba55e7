using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>How a row's request is sent.</summary>
internal enum Sending
{
    /// <summary>As a call of MiniMax's own.</summary>
    Call,

    /// <summary>As a call under an Idempotency-Key.</summary>
    Keyed,

    /// <summary>As a job of the gateway's own.</summary>
    Job,
}

/// <summary>What an account's health must be after a row.</summary>
internal enum Left
{
    /// <summary>Nothing is held against it.</summary>
    Ok,

    /// <summary>Its credential is proven dead.</summary>
    AuthFailed,

    /// <summary>It rests for longer than a minute.</summary>
    Exhausted,

    /// <summary>Suspicion: at most seconds of rest, no model blocked, and nobody calls its credential dead.</summary>
    Suspect,

    /// <summary>Like <see cref="Suspect"/>, until a probe has asked <c>GET /v1/models</c> and found nothing wrong.</summary>
    Cleared,

    /// <summary>The model asked for is blocked on it, and nothing else.</summary>
    ModelBlocked,

    /// <summary>Its address answers like no upstream of ours: it is not "ok" and says why, but its credential is not called dead.</summary>
    Misconfigured,
}

/// <summary>A row of the table of the vendor's answers: what the vendor says, what is sent, and what must come of it.</summary>
/// <param name="Name">What it is about. It begins with the number of the field trial's row; rows of one name are one test.</param>
/// <param name="Variation">Which of them.</param>
internal sealed record VendorRow(string Name, string Variation)
{
    /// <summary>How many accounts there are.</summary>
    public int Accounts { get; init; } = 2;

    public IReadOnlyList<FaultRule> Script { get; init; } = [];

    /// <summary>What is sent: a call, or the same as a job.</summary>
    public VendorWork? Work { get; init; }

    public Sending As { get; init; }

    /// <summary>What is sent: a task of the vendor's.</summary>
    public VendorTask? Task { get; init; }

    /// <summary>The request, where it is not the work's own.</summary>
    public string? Body { get; init; }

    /// <summary>Settings that are not those of every row; the same for all rows of a name.</summary>
    public IReadOnlyList<(string Name, string Value)> Settings { get; init; } = [];

    /// <summary>Called when the task runs upstream: it ends there, or does not.</summary>
    public Action<MiniMaxSimulator> Upstream { get; init; } = static sim => sim.FinishAllTasks();

    /// <summary>How far the clock leaps once a submit is in doubt, or a task that ended was asked about twice; null: it ticks on.</summary>
    public TimeSpan? Leap { get; init; }

    /// <summary>HTTP status of a call, or of a task's submit; null: not judged.</summary>
    public int? Status { get; init; } = 200;

    /// <summary>The answer must be an error, in whatever form: by its status, or by a base_resp.</summary>
    public bool IsError { get; init; }

    /// <summary>Status of a job or a task.</summary>
    public string JobStatus { get; init; } = "succeeded";

    /// <summary>What a job that succeeded has made can be fetched.</summary>
    public bool HasContent { get; init; } = true;

    /// <summary>Code of a failed job's error.</summary>
    public string? JobError { get; init; }

    /// <summary>How often the work was sent, over all accounts; null: not judged.</summary>
    public int? Sends { get; init; } = 1;

    /// <summary>Credits used in the end, over all accounts; null: not judged.</summary>
    public int? Used { get; init; } = 0;

    /// <summary>What became of the accounts, in the order in which they were asked first. All others must be fine.</summary>
    public IReadOnlyList<Left> Health { get; init; } = [];

    /// <summary>What becomes of the accounts is not judged.</summary>
    public bool AnyHealth { get; init; }

    /// <summary>The gateway may also refuse the request as its caller's fault; then nothing may be sent or cost anything.</summary>
    public bool MayBeRefused { get; init; }

    /// <summary>Words the caller must see.</summary>
    public IReadOnlyList<string> Says { get; init; } = [];

    /// <summary>Words the caller must not see.</summary>
    public IReadOnlyList<string> Hides { get; init; } = [];

    /// <summary>What the job must show while it runs, in <c>stage</c>; null: not judged.</summary>
    public string? Stage { get; init; }

    /// <summary>What the job's <c>reason</c> must say while it runs; null: not judged.</summary>
    public string? Reason { get; init; }

    /// <summary>Bounds of the answer's <c>Retry-After</c>, in seconds.</summary>
    public (int Least, int Most)? RetryAfter { get; init; }

    /// <summary>Whether a plain chat is served at once afterwards, the script being over.</summary>
    public bool ServesAfterwards { get; init; }

    public override string ToString() => $"{Name}: {Variation}";
}
