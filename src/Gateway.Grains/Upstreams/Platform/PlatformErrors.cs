using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateway.Grains.Upstreams.Platform;

/// <summary>
/// MiniMax's error codes, each mapped once (specs: minimax-platform-api.md 2). <c>Billed</c> is about a refused submit or
/// call: the vendor answered with an error instead of work, so nothing was billed. A failed task is judged by
/// <see cref="OfFailedTask"/>.
/// </summary>
internal static partial class PlatformErrors
{
    private static readonly TimeSpan None = TimeSpan.Zero;
    private static readonly TimeSpan PerMinuteWindow = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PlanWindow = TimeSpan.FromHours(5);

    // Balance errors are reported right after a purchase too: look again soon rather than park for the day.
    private static readonly TimeSpan BalancePark = TimeSpan.FromMinutes(10);

    private sealed record Rule(ErrorClass Class, TimeSpan CoolDown, RetryRule Retry = RetryRule.Usual);

    private static readonly FrozenDictionary<int, Rule> Rules = Table();

    private static FrozenDictionary<int, Rule> Table()
    {
        var rules = new Dictionary<int, Rule>
        {
            [1000] = new(ErrorClass.Retry, None, RetryRule.UntilTwoAgree), // near the context limit it stands for "too long"
            [1002] = new(ErrorClass.RateLimited, PerMinuteWindow),
            [1004] = new(ErrorClass.AuthDead, None),
            [1008] = new(ErrorClass.Exhausted, BalancePark),
            [1026] = new(ErrorClass.Moderation, None),
            [1027] = new(ErrorClass.Moderation, None),
            [1039] = new(ErrorClass.RateLimited, PerMinuteWindow, RetryRule.UntilTwoAgree), // tokens per minute, or a request too large
            [1041] = new(ErrorClass.FailOver, TimeSpan.FromSeconds(10)),
            [2044] = new(ErrorClass.OperationUnavailable, TimeSpan.FromHours(24)),
            [2045] = new(ErrorClass.RateLimited, TimeSpan.FromSeconds(45)),
            [2049] = new(ErrorClass.AuthDead, None),
            [2056] = new(ErrorClass.Exhausted, PlanWindow),
            [2061] = new(ErrorClass.ModelUnavailable, TimeSpan.FromHours(24)),
            [2062] = new(ErrorClass.RateLimited, PerMinuteWindow),
            [2064] = new(ErrorClass.Overload, None),
            [2038] = new(ErrorClass.OperationUnavailable, TimeSpan.FromHours(24)),
            [2205] = new(ErrorClass.RateLimited, PerMinuteWindow),
        };
        foreach (var code in (int[])[1001, 1013, 1024, 1033]) rules[code] = new(ErrorClass.Retry, None);
        foreach (var code in (int[])[1028, 1030]) rules[code] = new(ErrorClass.Exhausted, BalancePark);
        foreach (var code in (int[])[2046, 2047]) rules[code] = new(ErrorClass.RateLimited, PerMinuteWindow);
        foreach (var code in (int[])[1042, 1043, 1044, 2013, 20132, 2037, 2039, 2042, 2048, 2054, 2201, 2202, 2203, 2204])
            rules[code] = new(ErrorClass.Caller, None);
        return rules.ToFrozenDictionary();
    }

    /// <summary>The codes the table knows, for the test that holds it against the specification.</summary>
    public static IEnumerable<(int Code, ErrorClass Class)> All => Rules.Select(rule => (rule.Key, rule.Value.Class));

    /// <summary>A refusal with a code, in whatever envelope.</summary>
    public static UpstreamError OfCode(int code, string message, int httpStatus)
    {
        // An unknown code never retires an account: once more, here or elsewhere.
        var rule = Rules.GetValueOrDefault(code, new Rule(ErrorClass.Retry, None, RetryRule.OnceHereOnceElsewhere));
        return new UpstreamError(rule.Class, code, message, Billed.No, rule.CoolDown, ResetIn(message), httpStatus) { Retry = rule.Retry };
    }

    /// <summary>An answer with a status but no code of MiniMax's. Below 500 it is a clear refusal; above, nobody knows.</summary>
    public static UpstreamError OfStatus(int status, string message) => status switch
    {
        401 => new UpstreamError(ErrorClass.AuthDead, null, message, Billed.No, None, HttpStatus: status),
        402 => new UpstreamError(ErrorClass.Exhausted, null, message, Billed.No, BalancePark, HttpStatus: status),
        403 => new UpstreamError(ErrorClass.ModelUnavailable, null, message, Billed.No, TimeSpan.FromHours(24), HttpStatus: status),
        429 => new UpstreamError(ErrorClass.RateLimited, null, message, Billed.No, PerMinuteWindow, HttpStatus: status),
        529 => new UpstreamError(ErrorClass.Overload, null, message, Billed.No, None, HttpStatus: status),
        >= 500 => new UpstreamError(ErrorClass.Retry, null, message, Billed.Unknown, None, HttpStatus: status),
        _ => new UpstreamError(ErrorClass.Caller, null, message, Billed.No, None, HttpStatus: status),
    };

    /// <summary>An edge's page that says the path does not exist: the request went no further, so nothing was billed.</summary>
    public static UpstreamError EdgeLost() => new(ErrorClass.Retry, null, "The upstream's edge answered 404 with a page.", Billed.No, None, HttpStatus: 404);

    /// <summary>No connection was made, or it broke before a byte of the body was sent.</summary>
    public static UpstreamError NotSent(string why) => new(ErrorClass.Retry, null, why, Billed.No, None, HttpStatus: 502);

    /// <summary>The connection broke, or was silent too long, after the request was sent.</summary>
    public static UpstreamError Broken(string why) => new(ErrorClass.Retry, null, why, Billed.Unknown, None, HttpStatus: 502);

    /// <summary>A stream broke off after its first frame: accepted, and whether it is billed nobody says.</summary>
    public static UpstreamError BrokenOff(string why) => Broken(why) with { JobCode = UpstreamError.StreamBroken };

    /// <summary>A task the vendor accepted and failed. Whether it was billed is not documented, so it is not proven (C3).</summary>
    public static UpstreamError OfFailedTask(int code, string message) =>
        (code == 0 ? new UpstreamError(ErrorClass.Retry, null, message, Billed.Unknown, None) : OfCode(code, message, 200)) with { Billed = Billed.Unknown };

    /// <summary>The code in an envelope's message: the last group of four or five digits in parentheses that is no HTTP status.</summary>
    public static int? CodeIn(string message)
    {
        int? code = null;
        foreach (Match match in CodeInParentheses().Matches(message)) code = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return code;
    }

    private static DateTimeOffset? ResetIn(string message) =>
        ResetsAt().Match(message) is { Success: true } match &&
        DateTimeOffset.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at
            : null;

    [GeneratedRegex(@"\(([1-9]\d{3,4})\)", RegexOptions.CultureInvariant)]
    private static partial Regex CodeInParentheses();

    [GeneratedRegex(@"resets at (\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex ResetsAt();
}
