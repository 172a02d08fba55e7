using System.Security.Cryptography;

namespace Gateway.Model.Answers;

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
        ? string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"the account that was asked could not serve it ({AccountUnavailable}, status {HttpStatus})")
        : $"the account that was asked could not serve it ({AccountUnavailable})";

    /// <summary>No connection was made, or it broke before a byte of the body was sent.</summary>
    public static UpstreamError NotSent(string why) => new(ErrorClass.Retry, Code: null, why, Billed.No, TimeSpan.Zero, HttpStatus: 502);

    /// <summary>The stable code a job fails with; null for what the class says.</summary>
    public string? JobCode { get; init; }

    /// <summary>A hash of the request it answered; null where nobody asked for it.</summary>
    public string? Request { get; init; }

    /// <summary>How often the request may be tried again.</summary>
    public RetryRule Retry { get; init; }

    /// <summary>Whether another account, or the same one later, may still serve the request.</summary>
    public bool IsRetryable => Class is not (ErrorClass.Caller or ErrorClass.Moderation) && Retry != RetryRule.Never;

    /// <summary>Whether it speaks of the account rather than of the request: another account may well serve it.</summary>
    public bool IsOfTheAccount =>
        Class is ErrorClass.FailOver or ErrorClass.RateLimited or ErrorClass.Exhausted or ErrorClass.AuthDead or ErrorClass.Suspect
        or ErrorClass.ModelUnavailable or ErrorClass.OperationUnavailable;

    /// <summary>Whether its words are the operator's business alone: an account's credential, balance, limits or address.</summary>
    public bool ConcernsAccount =>
        Class is ErrorClass.FailOver or ErrorClass.RateLimited or ErrorClass.Exhausted or ErrorClass.AuthDead or ErrorClass.Suspect;

    /// <summary>A clear refusal of one account that cost nothing: it is no try of the work.</summary>
    public bool CostsNoTry => IsOfTheAccount && Billed == Billed.No;

    /// <summary>
    /// The same, as the answer to this request. The hash is over its length and its ends: a long body costs no more than a short one.
    /// </summary>
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
    public UpstreamError In(UpstreamWords words) =>
        words.Clean(Message) is var clean && clean == Message ? this : this with { Message = clean };
}
