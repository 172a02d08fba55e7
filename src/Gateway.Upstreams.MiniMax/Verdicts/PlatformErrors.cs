using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Model.Answers;

namespace Gateway.Upstreams.MiniMax.Verdicts;

/// <summary>
/// MiniMax's error codes, each mapped once (docs/minimax.md, "Codes"). <c>Billed</c> is about a refused submit or
/// call: the vendor answered with an error instead of work, so nothing was billed. A failed task is judged by
/// <see cref="OfFailedTask"/>.
/// </summary>
internal static partial class PlatformErrors
{
    /// <summary>What an error is about stands in its first sentences.</summary>
    private const int LongestJudged = 1000;

    private static readonly TimeSpan None = TimeSpan.Zero;
    private static readonly TimeSpan PerMinuteWindow = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PlanWindow = TimeSpan.FromHours(5);
    private static readonly TimeSpan ModelBlock = TimeSpan.FromHours(24);

    // Balance errors are reported right after a purchase too: look again soon rather than park for the day.
    private static readonly TimeSpan BalanceRest = TimeSpan.FromMinutes(10);

    private sealed record Rule(ErrorClass Class, TimeSpan CoolDown, RetryRule Retry = RetryRule.Usual);

    private static readonly FrozenDictionary<int, Rule> Rules = Table();

    private static FrozenDictionary<int, Rule> Table()
    {
        var rules = new Dictionary<int, Rule>
        {
            [1000] = new(ErrorClass.Retry, None, RetryRule.UntilTwoAgree), // near the context limit it stands for "too long"
            [1002] = new(ErrorClass.RateLimited, PerMinuteWindow),
            [1004] = new(ErrorClass.AuthDead, None),
            [1008] = new(ErrorClass.Exhausted, BalanceRest),
            [1026] = new(ErrorClass.Moderation, None),
            [1027] = new(ErrorClass.Moderation, None),
            [1039] = new(ErrorClass.RateLimited, PerMinuteWindow, RetryRule.UntilTwoAgree), // tokens per minute, or a request too large
            [1041] = new(ErrorClass.FailOver, TimeSpan.FromSeconds(10)),
            [2044] = new(ErrorClass.OperationUnavailable, TimeSpan.FromHours(24)),
            [2045] = new(ErrorClass.RateLimited, TimeSpan.FromSeconds(45)),
            [2049] = new(ErrorClass.AuthDead, None),
            [2056] = new(ErrorClass.Exhausted, PlanWindow),
            [2061] = new(ErrorClass.ModelUnavailable, ModelBlock),
            [2062] = new(ErrorClass.RateLimited, PerMinuteWindow),
            [2064] = new(ErrorClass.Overload, None),
            [2038] = new(ErrorClass.OperationUnavailable, TimeSpan.FromHours(24)),
            [2205] = new(ErrorClass.RateLimited, PerMinuteWindow),
            [2067] = new(ErrorClass.Exhausted, PlanWindow), // a window of the plan, like 2056
            [1400010161] = new(ErrorClass.Exhausted, BalanceRest), // the managed route's "credits exhausted"
        };
        foreach (var code in (int[])[1001, 1013, 1024, 1033]) rules[code] = new(ErrorClass.Retry, None);
        foreach (var code in (int[])[1028, 1030]) rules[code] = new(ErrorClass.Exhausted, BalanceRest);
        foreach (var code in (int[])[2046, 2047]) rules[code] = new(ErrorClass.RateLimited, PerMinuteWindow);
        foreach (var code in (int[])[1042, 1043, 1044, 2013, 20132, 2037, 2039, 2042, 2048, 2054, 2201, 2202, 2203, 2204])
            rules[code] = new(ErrorClass.Caller, None);
        return rules.ToFrozenDictionary();
    }

    /// <summary>The codes the table knows, for the test that holds it against docs/minimax.md.</summary>
    public static IEnumerable<(int Code, ErrorClass Class)> All => Rules.Select(rule => (rule.Key, rule.Value.Class));

    /// <summary>A refusal with a code, in whatever envelope.</summary>
    public static UpstreamError OfCode(int code, string message, int httpStatus)
    {
        // An unknown code never retires an account: once more, here or elsewhere.
        var rule = Rules.GetValueOrDefault(code, new Rule(ErrorClass.Retry, None, RetryRule.OnceHereOnceElsewhere));
        return new UpstreamError(rule.Class, code, message, Billed.No, rule.CoolDown, ResetIn(message), httpStatus) { Retry = rule.Retry };
    }

    /// <summary>
    /// An answer with a status and perhaps a type, but no code of MiniMax's. Below 500 it is a clear refusal; above, nobody knows.
    /// </summary>
    /// <param name="status">The status; a good one where the answer says nothing better.</param>
    /// <param name="type">The type of the envelope's error, where it names one.</param>
    /// <param name="message">The vendor's words.</param>
    public static UpstreamError OfStatus(int status, string? type, string message) => OfType(status, type, message) ?? status switch
    {
        401 or 403 => IsAboutModel(message) ? Refusal(ErrorClass.Caller, status, message) : Suspicion(status, message),
        402 => Refusal(ErrorClass.Exhausted, status, message, BalanceRest),
        404 when type is null && !IsAboutModel(message) => Suspicion(status, message),
        405 or (>= 300 and < 400) => Suspicion(status, message),
        408 or 499 => Doubt(status, message),
        429 => Refusal(ErrorClass.RateLimited, status, message, PerMinuteWindow),
        529 => Refusal(ErrorClass.Overload, status, message),
        >= 500 => Doubt(status, message),
        >= 400 => Refusal(ErrorClass.Caller, status, message),
        _ => Unknown(status, message),
    };

    // MiniMax's types, and Anthropic's where they differ (docs/minimax.md, "Errors"). A type that blames the request says nothing under a
    // status that blames the credential.
    private static UpstreamError? OfType(int status, string? type, string message) => type switch
    {
        "authentication_error" or "authorized_error" => Refusal(ErrorClass.AuthDead, status, message),
        "permission_error" => Refusal(ErrorClass.ModelUnavailable, status, message, ModelBlock),
        "rate_limit_error" => Refusal(ErrorClass.RateLimited, status, message, PerMinuteWindow),
        "insufficient_balance_error" or "insufficient_quota" => Refusal(ErrorClass.Exhausted, status, message, BalanceRest),
        "overloaded_error" => Refusal(ErrorClass.Overload, status, message),
        "invalid_request_error" or "bad_request_error" or "unprocessable_entity_error" or "not_found_error" or "request_too_large"
            when status is not (401 or 403) => Refusal(ErrorClass.Caller, status, message),
        _ => null,
    };

    /// <summary>
    /// A text that is neither JSON nor a page. The API's own 404 is a line of text: the account's address is wrong, or the vendor
    /// has moved.
    /// </summary>
    public static UpstreamError OfText(int status, string message) => OfStatus(status, type: null, message);

    /// <summary>
    /// A page of an edge in front of the API: it blames nobody. Below 500 the request went no further, so nothing was billed;
    /// a redirect and a wrong method are about the account's address, whoever says so.
    /// </summary>
    public static UpstreamError OfPage(int status)
    {
        var message = string.Create(CultureInfo.InvariantCulture, $"The upstream's edge answered {status} with a page.");
        return status switch
        {
            405 or (>= 300 and < 400) => Suspicion(status, message),
            408 or 499 or >= 500 => Doubt(status, message),
            // an edge with a smaller limit, or a request too large for all
            413 => Refusal(ErrorClass.Retry, status, message) with { Retry = RetryRule.UntilTwoAgree },
            _ => Refusal(ErrorClass.Retry, status, message),
        };
    }

    /// <summary>An error in a shape that nobody here knows: it never retires an account, and never passes for a success.</summary>
    public static UpstreamError Unknown(int status, string message) =>
        Doubt(
            status,
            message.Length > 0
                ? message
                : "The upstream answered with an error it does not name.") with
        { Retry = RetryRule.OnceHereOnceElsewhere };

    private static UpstreamError Refusal(ErrorClass @class, int status, string message, TimeSpan rest = default) =>
        new(@class, null, message, Billed.No, rest, HttpStatus: status);

    private static UpstreamError Doubt(int status, string message) =>
        new(ErrorClass.Retry, null, message, Billed.Unknown, None, HttpStatus: status);

    // Whether the account is to blame, a second one tells: two that say the same are not.
    private static UpstreamError Suspicion(int status, string message) =>
        Refusal(ErrorClass.Suspect, status, message) with { Retry = RetryRule.UntilTwoAgree };

    // Looked for where such a message begins: one of a megabyte would keep the pattern busy for minutes.
    private static bool IsAboutModel(string message) => AboutModel().IsMatch(message.AsSpan(0, Math.Min(message.Length, LongestJudged)));

    /// <summary>The connection broke, or was silent too long, after the request was sent.</summary>
    public static UpstreamError Broken(string why) => new(ErrorClass.Retry, null, why, Billed.Unknown, None, HttpStatus: 502);

    /// <summary>Silence for as long as the answer may take: the upstream may be at work on it still, so nobody else is asked.</summary>
    public static UpstreamError Silent(string why) => Broken(why) with { Retry = RetryRule.Never };

    /// <summary>
    /// A success that holds nothing. What it reports of its cost counts; where it reports none nothing was billed. Another account
    /// is asked for a chat only: what is paid by the piece is not bought twice.
    /// </summary>
    public static UpstreamError Empty(bool isBilled, bool mayRepeat) =>
        new(
            ErrorClass.Retry, null, "The upstream answered without an error and without a result.", isBilled ? Billed.Yes : Billed.No, None,
            HttpStatus: 502)
        {
            JobCode = UpstreamError.EmptyAnswer,
            Retry = mayRepeat && !isBilled ? RetryRule.UntilTwoAgree : RetryRule.Never,
        };

    /// <summary>A stream broke off after its first frame: accepted, and whether it is billed nobody says.</summary>
    public static UpstreamError BrokenOff(string why) => Broken(why) with { JobCode = UpstreamError.StreamBroken };

    /// <summary>A task the vendor accepted and failed. Whether it was billed is not documented, so it is not proven (C3).</summary>
    public static UpstreamError OfFailedTask(int code, string message) =>
        (code == 0
            ? new UpstreamError(ErrorClass.Retry, null, message, Billed.Unknown, None)
            : OfCode(code, message, 200)) with
        { Billed = Billed.Unknown };

    /// <summary>The code in an envelope's message: the last group of four or five digits in parentheses that is no HTTP status.</summary>
    public static int? CodeIn(string message)
    {
        int? code = null;
        foreach (Match match in CodeInParentheses().Matches(message))
            code = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return code;
    }

    private static DateTimeOffset? ResetIn(string message) =>
        ResetsAt().Match(message) is { Success: true } match &&
        DateTimeOffset.TryParse(
            match.Groups[1].Value.Replace("UTC", "Z", StringComparison.OrdinalIgnoreCase),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var at)
            ? at
            : null;

    // "Model xyz is not supported", "unknown model: xyz", "model_not_found".
    [GeneratedRegex(
        @"model\b.*\bnot\b|model.?not|(unknown|invalid|unsupported|no such|no access to) (the )?model|模型",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex AboutModel();

    [GeneratedRegex(@"\(([1-9]\d{3,4})\)", RegexOptions.CultureInvariant)]
    private static partial Regex CodeInParentheses();

    // The vendor's instants have been seen with a T, and with a blank in its place.
    [GeneratedRegex(
        @"resets? at:? (\d{4}-\d\d-\d\d[T ][\d:.]+ ?(?:Z|UTC|[+-]\d\d:?\d\d)?)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex ResetsAt();
}
