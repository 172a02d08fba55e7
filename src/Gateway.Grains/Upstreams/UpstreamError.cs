using System.Security.Cryptography;

namespace Gateway.Grains.Upstreams;

/// <summary>What an upstream's error means for routing, whatever its dialect.</summary>
internal enum ErrorClass
{
    /// <summary>Passing trouble: try again, here or elsewhere.</summary>
    Retry,

    /// <summary>This account cannot now: rest it and use another.</summary>
    FailOver,

    /// <summary>Too fast for what the vendor counts together: that family rests on this account, the rest of it goes on (Q7).</summary>
    RateLimited,

    /// <summary>Out of credit or quota until a reset or a top-up.</summary>
    Exhausted,

    /// <summary>The credential is dead.</summary>
    AuthDead,

    /// <summary>
    /// The account was refused without proof that its credential is dead, or its address answers like no upstream of this kind. Others may
    /// serve the request; whether the account can, a probe finds out.
    /// </summary>
    Suspect,

    /// <summary>The model is not to be had on this account; others are.</summary>
    ModelUnavailable,

    /// <summary>The account has no permission for the operation, whatever the model; others have.</summary>
    OperationUnavailable,

    /// <summary>The request is wrong; every account would say so.</summary>
    Caller,

    /// <summary>Refused by moderation; never retried, never shown to another account.</summary>
    Moderation,

    /// <summary>The vendor is overloaded; other accounts rarely help.</summary>
    Overload,
}

/// <summary>Whether the failed request was billed (C3).</summary>
internal enum Billed
{
    No,
    Yes,
    Unknown,
}

/// <summary>How often a request that met an error is tried again, where its class allows it at all.</summary>
internal enum RetryRule
{
    /// <summary>As often as tries are bounded.</summary>
    Usual,

    /// <summary>The error may be the request's own fault: when a second account says the same, it is.</summary>
    UntilTwoAgree,

    /// <summary>Nobody knows what it means: once more, once on another account, then it is the answer.</summary>
    OnceHereOnceElsewhere,

    /// <summary>Never: the upstream may be at work on it still, or answered with nothing to what it is paid for.</summary>
    Never,
}

/// <summary>An upstream's error, classified.</summary>
/// <param name="Class">What to do.</param>
/// <param name="Code">The vendor's code; null where it gave none.</param>
/// <param name="Message">The vendor's words, cleaned by <see cref="UpstreamWords"/>.</param>
/// <param name="Billed">Unknown is charged.</param>
/// <param name="CoolDown">How long the account (or the model on it) rests.</param>
/// <param name="Until">When the vendor said it resets; wins over <paramref name="CoolDown"/>.</param>
/// <param name="HttpStatus">The status it came with.</param>
internal sealed record UpstreamError(
    ErrorClass Class,
    int? Code,
    string Message,
    Billed Billed,
    TimeSpan CoolDown,
    DateTimeOffset? Until = null,
    int HttpStatus = 200)
{
    /// <summary>The code of a job whose result was not fetched in time and is gone upstream.</summary>
    public const string ResultExpired = "result_expired";

    /// <summary>The code of a job whose streamed answer broke off.</summary>
    public const string StreamBroken = "stream_broken";

    /// <summary>The code of a job that the upstream answered with nothing.</summary>
    public const string EmptyAnswer = "empty_answer";

    /// <summary>The code of a job whose upstream says that it is done and never names what it made.</summary>
    public const string ResultMissing = "result_missing";

    /// <summary>The code of what a team hears of an account's own trouble.</summary>
    public const string AccountUnavailable = "account_unavailable";

    private string AccountTrouble => Code is null
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the account that was asked could not serve it ({AccountUnavailable}, status {HttpStatus})")
        : $"the account that was asked could not serve it ({AccountUnavailable})";

    /// <summary>The stable code a job fails with; null for what the class says.</summary>
    public string? JobCode { get; init; }

    /// <summary>A hash of the request it answered; null where nobody asked for it.</summary>
    public string? Request { get; init; }

    /// <summary>How often the request may be tried again.</summary>
    public RetryRule Retry { get; init; }

    /// <summary>Whether another account, or the same one later, may still serve the request.</summary>
    public bool IsRetryable => Class is not (ErrorClass.Caller or ErrorClass.Moderation) && Retry != RetryRule.Never;

    /// <summary>Whether it speaks of the account rather than of the request: another account may well serve it.</summary>
    public bool IsOfTheAccount => Class is ErrorClass.FailOver or ErrorClass.RateLimited or ErrorClass.Exhausted or ErrorClass.AuthDead or ErrorClass.Suspect
        or ErrorClass.ModelUnavailable or ErrorClass.OperationUnavailable;

    /// <summary>Whether its words are the operator's business alone: an account's credential, balance, limits or address.</summary>
    public bool ConcernsAccount => Class is ErrorClass.FailOver or ErrorClass.RateLimited or ErrorClass.Exhausted or ErrorClass.AuthDead or ErrorClass.Suspect;

    /// <summary>A clear refusal of one account that cost nothing: it is no try of the work.</summary>
    public bool CostsNoTry => IsOfTheAccount && Billed == Billed.No;

    /// <summary>The same, as the answer to this request. The hash is over its length and its ends: a long body costs no more than a short one.</summary>
    public UpstreamError About(ReadOnlySpan<byte> request)
    {
        if (Class != ErrorClass.Retry) return this; // only these are counted
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(BitConverter.GetBytes(request.Length));
        hash.AppendData(request[..Math.Min(request.Length, HashedEnd)]);
        hash.AppendData(request[Math.Max(0, request.Length - HashedEnd)..]);
        return this with { Request = Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8)) };
    }

    private const int HashedEnd = 32 * 1024;

    public string Describe() => Code is { } code ? $"{code} {Message}" : Message;

    /// <summary>What a team hears: the vendor's words, unless they concern the account.</summary>
    public string DescribeToTeam() => ConcernsAccount ? AccountTrouble : Describe();

    /// <summary>Its words as they may be kept.</summary>
    public UpstreamError In(UpstreamWords words) => words.Clean(Message) is var clean && clean == Message ? this : this with { Message = clean };
}
