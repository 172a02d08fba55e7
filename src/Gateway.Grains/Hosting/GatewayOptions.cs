using System.ComponentModel.DataAnnotations;

namespace Gateway.Grains.Hosting;

/// <summary>
/// The operator's settings under <c>Gateway</c>. Each number, time and choice declares here what it may be; a start checks all of them
/// before it does anything else.
/// </summary>
internal sealed class GatewayOptions : IValidatableObject
{
    private const long MostCredits = 1_000_000_000;

    /// <summary>Where SQLite keeps its files. Default <c>data</c>.</summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>This start takes up a copy: a backup, or a directory that was moved away (S3). <c>--restored</c> sets it; for one start only.</summary>
    public bool Restored { get; set; }

    /// <summary>Base64 of 32 bytes; needed with PostgreSQL, else a key file in the data directory is used.</summary>
    public string? EncryptionKey { get; set; }

    /// <summary>The admin's token; generated at first start and printed once when unset.</summary>
    public string? AdminToken { get; set; }

    /// <summary><c>all</c> (default) or <c>api</c>: whether this node also dispatches queued jobs.</summary>
    [AllowedValues("all", "api")]
    public string Role { get; set; } = "all";

    /// <summary>Whether this node dispatches queued jobs; waiting calls are served on each.</summary>
    public bool TakesJobs => Role == "all";

    /// <summary>How long a silent node counts as alive (L2). Default 30 s.</summary>
    [TimeRange("100ms", "7d")]
    public TimeSpan NodeLease { get; set; } = Turns.NodeLife.DefaultLease;

    /// <summary>How long a start waits for a database that cannot be reached yet. Default 30 s; 0 ends it at once.</summary>
    [TimeRange("0", "1d")]
    public TimeSpan StartWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often leases and the queue's age are looked over. Default 5 s.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan ChoresEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stop waits for streams and answers under way before it cuts them. Default 20 s: Kubernetes kills after 30.</summary>
    [TimeRange("0", "1d")]
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a job may wait in the queue before it expires (J6). Default 24 h.</summary>
    [TimeRange("10ms", "365d")]
    public TimeSpan MaxQueueAge { get; set; } = TimeSpan.FromHours(24);

    public QueueOptions Queue { get; set; } = new();

    public FairnessOptions Fairness { get; set; } = new();

    /// <summary>The public address, with a path where a proxy serves us under one; needed for absolute links and upstream callbacks.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>A path of ours as the world sees it; null while no public address is set.</summary>
    public string? PublicLink(string path) => PublicUrl is { } root ? root.GetLeftPart(UriPartial.Path).TrimEnd('/') + path : null;

    /// <summary>An own address for <c>/metrics</c>, open to whoever reaches it.</summary>
    public string? MetricsUrl { get; set; }

    /// <summary>Hosts an account's url may name, with port where it is not the default; empty for any.</summary>
    public string[] AccountHosts { get; set; } = [];

    /// <summary>Prices by <c>driver/kind</c> or <c>driver/kind/model</c>, over the shipped ones.</summary>
    public Dictionary<string, long> Prices { get; set; } = [];

    /// <summary>
    /// How fast an account may go, by <c>driver/family</c>, over the shipped table (Q7): for example
    /// <c>Gateway:Pace:platform/chat-m2:Rpm = 20</c>. The families are those of <see cref="Accounts.PaceTable"/>.
    /// </summary>
    public Dictionary<string, PaceOptions> Pace { get; set; } = [];

    /// <summary>
    /// Switches pacing off altogether: nothing is counted, and a rate limit the vendor answers with rests the whole account.
    /// Default false.
    /// </summary>
    public bool PaceOff { get; set; }

    /// <summary>
    /// How long a vendor's overload of a model keeps everybody away from it: the first time, the second in a row, and so on;
    /// the last one is repeated. Default 5, 10, 20, 30 s.
    /// </summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan[]? OverloadBackOff { get; set; }

    /// <summary>
    /// After how long a silence of the upstream the caller of a stream is sent a comment, which its reader passes over and no proxy
    /// cuts. Default 15 s; 0 for never.
    /// </summary>
    [TimeRange("0", "10m")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest and expected runs by kind, over the shipped ones (J9).</summary>
    public Dictionary<string, KindLimitOptions> Limits { get; set; } = [];

    /// <summary>Drivers that are switched off.</summary>
    public string[] DisabledDrivers { get; set; } = [];

    public BodyLimitOptions Bodies { get; set; } = new();

    public ConnectionOptions Connections { get; set; } = new();

    public ResultOptions Results { get; set; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Prices
        .Where(price => price.Value is < 0 or > MostCredits)
        .Select(price => new ValidationResult($"is {price.Value}; it must be from 0 to {MostCredits}", [$"{nameof(Prices)}:{price.Key}"]));
}

/// <summary>Overrides of one family's row in the table of paces (Q7). What is left out stays as shipped; 0 is no limit.</summary>
internal sealed class PaceOptions
{
    /// <summary>Requests per minute.</summary>
    [Range(0, 1_000_000_000)]
    public int? Rpm { get; set; }

    /// <summary>Tokens per minute, read and written.</summary>
    [Range(0, 1_000_000_000_000)]
    public long? Tpm { get; set; }
}

/// <summary>Overrides of one kind's row in the table of time-outs (J9).</summary>
internal sealed class KindLimitOptions : IValidatableObject
{
    /// <summary>When a slot is freed whatever the upstream says (L4).</summary>
    [TimeRange("10ms", "7d")]
    public TimeSpan? LongestRun { get; set; }

    /// <summary>How long a token must still live for the kind to be sent with it (J8).</summary>
    [TimeRange("0", "7d")]
    public TimeSpan? ExpectedRun { get; set; }

    /// <summary>How long an upstream may think before its answer's first byte. Default: up to the hard end.</summary>
    [TimeRange("10ms", "7d")]
    public TimeSpan? FirstByte { get; set; }

    /// <summary>How long it may be silent within an answer. Default: the same.</summary>
    [TimeRange("10ms", "7d")]
    public TimeSpan? Idle { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TimeOrder.Check(nameof(ExpectedRun), ExpectedRun, nameof(LongestRun), LongestRun);
}

/// <summary>Request bodies (<c>Gateway:Bodies</c>): the largest of each sort, and what all together may take.</summary>
internal sealed class BodyLimitOptions : IValidatableObject
{
    /// <summary>On the gateway's own paths. Default 32 MiB.</summary>
    [Range(typeof(long), "1", "2147483591")]
    public long Own { get; set; } = 32L * 1024 * 1024;

    /// <summary>On MiniMax's paths, whose own limit is 64 MB. Default 66 MiB.</summary>
    [Range(typeof(long), "1", "2147483591")]
    public long Native { get; set; } = 66L * 1024 * 1024;

    /// <summary>Uploaded files, which pass through without being kept. MiniMax's own limit is 512 MB. Default 514 MiB.</summary>
    [Range(1, 1_099_511_627_776)]
    public long Upload { get; set; } = 514L * 1024 * 1024;

    /// <summary>Bodies that are in this node's memory at once, in bytes. Default 100 MiB, which with their copies fits a container of 512 MB.</summary>
    [Range(1, 1_099_511_627_776)]
    public long Memory { get; set; } = 100L * 1024 * 1024;

    /// <summary>The same for each team. Default half of it, and room for the largest body.</summary>
    [Range(1, 1_099_511_627_776)]
    public long? TeamMemory { get; set; }

    /// <summary>Bytes a second that large bodies, and those of unknown length, must come with, after 10 s. Default 32 KiB; 0 for no such rule.</summary>
    [Range(0, 1_073_741_824)]
    public int LeastRate { get; set; } = 32 * 1024;

    /// <summary>What one team may keep.</summary>
    public long OfTeam => Math.Min(TeamMemory ?? Math.Max(Memory / 2, Largest), Memory);

    private long Largest => Math.Max(Own, Native);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Largest > Array.MaxLength) yield break; // that is what is wrong, and is said already

        // A body that never fits would be told to come again for ever.
        if (Memory < Largest) yield return new ValidationResult($"is {Memory}; it must be at least {Largest}, the largest body that Own and Native allow", [nameof(Memory)]);
        if (OfTeam < Largest) yield return new ValidationResult($"is {OfTeam}; it must be at least {Largest}, the largest body that Own and Native allow", [nameof(TeamMemory)]);
    }
}

/// <summary>Connections of callers (<c>Gateway:Connections</c>).</summary>
internal sealed class ConnectionOptions
{
    /// <summary>How many may be open at once. Default 6,000, and never so many that the process runs out of files.</summary>
    [Range(1, 1_000_000)]
    public int? Max { get; set; }

    /// <summary>How many of them may be strangers', on which no valid token was shown yet; one more closes the one that is open longest. Default a quarter of all.</summary>
    [Range(1, 1_000_000)]
    public int? MaxStrangers { get; set; }

    /// <summary>How long a new one may be silent before it is closed. Default 30 s.</summary>
    [TimeRange("100ms", "1h")]
    public TimeSpan FirstByte { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many jobs one team's sockets may follow at once on this node. Default 20,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxFollowedJobs { get; set; } = 20_000;
}

/// <summary>The queue (<c>Gateway:Queue</c>).</summary>
internal sealed class QueueOptions : IValidatableObject
{
    /// <summary>How long a queue must be passed over for its priority to count one step more (Q2). Default 10 min; 0 switches ageing off.</summary>
    [TimeRange("0", "365d")]
    public TimeSpan AgeStep { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Jobs that may be queued, of all teams together; one more is refused with <c>queue_full</c>. Default none: no limit.</summary>
    [Range(0, 1_000_000_000)]
    public int? MaxJobs { get; set; }

    /// <summary>The same for each team. Default none: no limit.</summary>
    [Range(0, 1_000_000_000)]
    public int? MaxJobsPerTeam { get; set; }

    /// <summary>Calls that may wait for a slot on one node; one more is refused with 429. Default 2000.</summary>
    [Range(1, 1_000_000)]
    public int MaxWaitingCalls { get; set; } = 2000;

    /// <summary>The first pause before a refused job is tried again; each further one is twice as long, a fifth more or less. Default 1 s.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan RetryBackOff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest such pause. Default 1 min.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan MaxRetryBackOff { get; set; } = TimeSpan.FromMinutes(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TimeOrder.Check(nameof(RetryBackOff), RetryBackOff, nameof(MaxRetryBackOff), MaxRetryBackOff);
}
