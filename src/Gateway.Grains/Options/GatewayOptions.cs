using System.ComponentModel.DataAnnotations;
using Gateway.Engine.Bodies;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Settings;

namespace Gateway.Grains.Options;

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
    public TimeSpan NodeLease { get; set; } = NodeLife.DefaultLease;

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

    /// <summary>An own address for <c>/metrics</c>, open to whoever reaches it.</summary>
    public string? MetricsUrl { get; set; }

    /// <summary>Hosts an account's url may name, with port where it is not the default; empty for any.</summary>
    public string[] AccountHosts { get; set; } = [];

    /// <summary>Prices by <c>driver/kind</c> or <c>driver/kind/model</c>, over the shipped ones.</summary>
    public Dictionary<string, long> Prices { get; set; } = [];

    /// <summary>
    /// How fast an account may go, by <c>driver/family</c>, over the shipped table (Q7): for example
    /// <c>Gateway:Pace:platform/chat-m2:Rpm = 20</c>. The families are those of <see cref="PaceTable"/>.
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
