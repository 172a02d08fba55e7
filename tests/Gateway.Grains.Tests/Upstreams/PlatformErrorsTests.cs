using System.Text;
using Gateway.Model.Answers;
using Gateway.Model.Json;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Grains.Tests.Upstreams;

public sealed class PlatformErrorsTests
{
    // The table of docs/minimax.md, "Codes", code by code.
    [Theory]
    [InlineData(1000, ErrorClass.Retry)]
    [InlineData(1001, ErrorClass.Retry)]
    [InlineData(1002, ErrorClass.RateLimited)]
    [InlineData(1004, ErrorClass.AuthDead)]
    [InlineData(1008, ErrorClass.Exhausted)]
    [InlineData(1013, ErrorClass.Retry)]
    [InlineData(1024, ErrorClass.Retry)]
    [InlineData(1026, ErrorClass.Moderation)]
    [InlineData(1027, ErrorClass.Moderation)]
    [InlineData(1028, ErrorClass.Exhausted)]
    [InlineData(1030, ErrorClass.Exhausted)]
    [InlineData(1033, ErrorClass.Retry)]
    [InlineData(1039, ErrorClass.RateLimited)]
    [InlineData(1041, ErrorClass.FailOver)]
    [InlineData(1042, ErrorClass.Caller)]
    [InlineData(1043, ErrorClass.Caller)]
    [InlineData(1044, ErrorClass.Caller)]
    [InlineData(2013, ErrorClass.Caller)]
    [InlineData(20132, ErrorClass.Caller)]
    [InlineData(2037, ErrorClass.Caller)]
    [InlineData(2038, ErrorClass.OperationUnavailable)]
    [InlineData(2039, ErrorClass.Caller)]
    [InlineData(2042, ErrorClass.Caller)]
    [InlineData(2044, ErrorClass.OperationUnavailable)]
    [InlineData(2045, ErrorClass.RateLimited)]
    [InlineData(2046, ErrorClass.RateLimited)]
    [InlineData(2047, ErrorClass.RateLimited)]
    [InlineData(2048, ErrorClass.Caller)]
    [InlineData(2049, ErrorClass.AuthDead)]
    [InlineData(2054, ErrorClass.Caller)]
    [InlineData(2056, ErrorClass.Exhausted)]
    [InlineData(2061, ErrorClass.ModelUnavailable)]
    [InlineData(2062, ErrorClass.RateLimited)]
    [InlineData(2064, ErrorClass.Overload)]
    [InlineData(2201, ErrorClass.Caller)]
    [InlineData(2202, ErrorClass.Caller)]
    [InlineData(2203, ErrorClass.Caller)]
    [InlineData(2204, ErrorClass.Caller)]
    [InlineData(2205, ErrorClass.RateLimited)]
    [InlineData(2067, ErrorClass.Exhausted)] // the refresh of 2026-11-30
    [InlineData(1400010161, ErrorClass.Exhausted)]
    public void Every_code_of_the_specification_has_its_class(int code, object expected) =>
        Assert.Equal((ErrorClass)expected, PlatformErrors.OfCode(code, "message", 200).Class);

    [Fact]
    public void The_table_knows_no_code_that_the_test_above_does_not() => Assert.Equal(41, PlatformErrors.All.Count());

    [Fact]
    public void An_unknown_code_never_retires_an_account() => Assert.Equal(ErrorClass.Retry, PlatformErrors.OfCode(4711, "new", 200).Class);

    // Code, seconds of rest, rule of retries: what is not in here rests nobody, or for as long as its class says, and is tried as usual.
    [Theory]
    [InlineData(1000, 0, nameof(RetryRule.UntilTwoAgree))]
    [InlineData(1001, 0, nameof(RetryRule.Usual))]
    [InlineData(1002, 60, nameof(RetryRule.Usual))]
    [InlineData(1039, 60, nameof(RetryRule.UntilTwoAgree))]
    [InlineData(1041, 10, nameof(RetryRule.Usual))]
    [InlineData(2038, 24 * 3600, nameof(RetryRule.Usual))]
    [InlineData(2044, 24 * 3600, nameof(RetryRule.Usual))]
    [InlineData(2045, 45, nameof(RetryRule.Usual))]
    [InlineData(2061, 24 * 3600, nameof(RetryRule.Usual))]
    [InlineData(2062, 60, nameof(RetryRule.Usual))]
    [InlineData(2064, 0, nameof(RetryRule.Usual))]
    [InlineData(4711, 0, nameof(RetryRule.OnceHereOnceElsewhere))]
    public void A_code_says_how_long_to_rest_and_how_often_to_try(int code, int seconds, string rule)
    {
        var error = PlatformErrors.OfCode(code, "message", 200);

        Assert.Equal((TimeSpan.FromSeconds(seconds), Enum.Parse<RetryRule>(rule)), (error.CoolDown, error.Retry));
    }

    [Fact]
    public void C3_A_refusal_with_a_code_is_unbilled_and_a_failed_task_is_not_proven_to_be()
    {
        Assert.Equal(Billed.No, PlatformErrors.OfCode(1002, "", 200).Billed);
        Assert.Equal(Billed.Unknown, PlatformErrors.OfFailedTask(1027, "").Billed);
        Assert.Equal(Billed.Unknown, PlatformErrors.OfFailedTask(0, "").Billed);
        Assert.Equal(Billed.Unknown, PlatformErrors.OfStatus(502, null, "").Billed);
        Assert.Equal(Billed.No, PlatformErrors.OfStatus(400, null, "").Billed);
        Assert.Equal(Billed.Unknown, PlatformErrors.Broken("").Billed);
        Assert.Equal(Billed.No, UpstreamError.NotSent("").Billed);
    }

    [Fact]
    public void A_reset_time_in_the_message_wins_over_the_tables_guess()
    {
        var error = PlatformErrors.OfCode(
            2056,
            "usage limit exceeded, 5-hour usage limit reached for Token Plan Starter (0/0 used), resets at 2026-05-15T15:00:00Z",
            200);

        Assert.Equal(new DateTimeOffset(2026, 5, 15, 15, 0, 0, TimeSpan.Zero), error.Until);
    }

    [Theory]
    [InlineData("invalid params, invalid chat setting (2013)", 2013)]
    [InlineData("server cluster under high load (2064) (529)", 2064)]
    [InlineData("two (1002) codes (1039)", 1039)]
    [InlineData("invalid api key", null)]
    public void The_code_of_an_envelope_is_the_last_that_is_no_http_status(string message, int? code) =>
        Assert.Equal(code, PlatformErrors.CodeIn(message));

    // docs/minimax.md, "Errors": three dialects, and an edge that speaks none of them.
    [Theory]
    [InlineData(200, """{"base_resp":{"status_code":0,"status_msg":"Invalid parameters detected, json: unknown field"}}""", null, null)]
    [InlineData(200, """{"id":"x","choices":[]}""", null, null)]
    [InlineData(200, """{"choices":null,"base_resp":{"status_code":2061,"status_msg":"no plan"}}""", ErrorClass.ModelUnavailable, 2061)]
    [InlineData(
        429, """{"type":"error","error":{"type":"rate_limit_error","message":"slow down (1002)","http_code":"429"},"request_id":"r"}""",
        ErrorClass.RateLimited, 1002)]
    [InlineData(
        529, """{"type":"error","error":{"type":"overloaded_error","message":"high load (2064) (529)"},"request_id":"r"}""",
        ErrorClass.Overload, 2064)]
    [InlineData(401, """{"type":"error","error":{"type":"authentication_error","message":"invalid api key"}}""", ErrorClass.AuthDead, null)]
    [InlineData(200, """{"type":"error","error":{"message":"usage limit (2056)"}}""", ErrorClass.Exhausted, 2056)]
    [InlineData(502, "<html>502 Bad Gateway</html>", ErrorClass.Retry, null)]
    [InlineData(404, "404 page not found", ErrorClass.Suspect, null)]
    [InlineData(404, """{"type":"error","error":{"type":"not_found_error","message":"unknown model"}}""", ErrorClass.Caller, null)]
    [InlineData(404, "\n<html>nginx</html>", ErrorClass.Retry, null)]
    [InlineData(403, """{"type":"error","error":{"type":"permission_error","message":"no access"}}""", ErrorClass.ModelUnavailable, null)]
    [InlineData(413, "too large", ErrorClass.Caller, null)]
    [InlineData(429, "slow down", ErrorClass.RateLimited, null)]
    [InlineData(
        529, """{"type":"error","error":{"type":"overloaded_error","message":"High traffic detected, upgrade to our Plus plan"}}""",
        ErrorClass.Overload, null)]
    public void A_verdict_is_read_in_every_dialect(int status, string body, object? expected, int? code)
    {
        var verdict = PlatformVerdict.Of(status, Encoding.UTF8.GetBytes(body));

        Assert.Equal((ErrorClass?)expected, verdict?.Class);
        Assert.Equal(code, verdict?.Code);
    }

    [Theory]
    [InlineData("data: {\"a\":1}\n\n", " {\"a\":1}")]
    [InlineData(": comment\n\nevent: x\ndata:{}\n", "{}")]
    [InlineData("data: {\"a\":", null)]
    [InlineData("", null)]
    public void The_first_frame_is_found_once_it_is_complete(string stream, string? data)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        var range = SseFrames.FirstData(bytes);

        Assert.Equal(data, range is { } found ? Encoding.UTF8.GetString(bytes[found]) : null);
    }
}
