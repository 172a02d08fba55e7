using System.Text;
using FsCheck.Fluent;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Answers;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Grains.Tests.Upstreams;

/// <summary>What answers mean that the vendor's own examples do not show: rows come from people who run such accounts.</summary>
public sealed class PlatformVerdictTests
{
    // V3, V4, V8, V10, V17: status, body, class, vendor's code, billed.
    [Theory]
    // Proof is a code or a type that says authentication; everything else is suspicion, and what is about a model is the caller's.
    [InlineData(401, """{"error":{"message":"Model xyz is not supported"}}""", ErrorClass.Caller, null, Billed.No)]
    [InlineData(401, """{"error":{"message":"unauthorized"}}""", ErrorClass.Suspect, null, Billed.No)]
    [InlineData(401, """{"code":401,"message":"token is required"}""", ErrorClass.Suspect, null, Billed.No)]
    [InlineData(401, "", ErrorClass.Suspect, null, Billed.No)]
    [InlineData(
        401, """{"type":"error","error":{"type":"authorized_error","message":"login fail"}}""", ErrorClass.AuthDead, null, Billed.No)]
    [InlineData(401, """{"error":{"type":"invalid_request_error","message":"who are you"}}""", ErrorClass.Suspect, null, Billed.No)]
    [InlineData(403, """{"error":{"message":"egress region refused"}}""", ErrorClass.Suspect, null, Billed.No)]
    [InlineData(200, """{"error":{"message":"invalid api key (2049)"}}""", ErrorClass.AuthDead, 2049, Billed.No)]
    // Pages of an edge blame nobody.
    [InlineData(401, "<html>401</html>", ErrorClass.Retry, null, Billed.No)]
    [InlineData(403, " \n<!DOCTYPE html>", ErrorClass.Retry, null, Billed.No)]
    [InlineData(429, "<html>", ErrorClass.Retry, null, Billed.No)]
    [InlineData(502, "<html>", ErrorClass.Retry, null, Billed.Unknown)]
    [InlineData(413, "<html>", ErrorClass.Retry, null, Billed.No)]
    // The account's address is wrong.
    [InlineData(301, "<html>Moved Permanently</html>", ErrorClass.Suspect, null, Billed.No)]
    [InlineData(308, "", ErrorClass.Suspect, null, Billed.No)]
    [InlineData(404, "", ErrorClass.Suspect, null, Billed.No)]
    [InlineData(404, """{"message":"no Route matched with those values"}""", ErrorClass.Suspect, null, Billed.No)]
    [InlineData(404, """{"error":{"message":"The model `x` does not exist"}}""", ErrorClass.Caller, null, Billed.No)]
    [InlineData(405, "<html>", ErrorClass.Suspect, null, Billed.No)]
    // Somebody gave up on what may be under way.
    [InlineData(408, """{"error":{"message":"request timeout"}}""", ErrorClass.Retry, null, Billed.Unknown)]
    [InlineData(499, "", ErrorClass.Retry, null, Billed.Unknown)]
    // Errors under a good status, in every shape.
    [InlineData(200, """{"error":{"message":"boom","code":null}}""", ErrorClass.Retry, null, Billed.Unknown)]
    [InlineData(200, """{"error":"rate limited, slow down (1002)"}""", ErrorClass.RateLimited, 1002, Billed.No)]
    [InlineData(200, """{"error":"boom"}""", ErrorClass.Retry, null, Billed.Unknown)]
    [InlineData(200, """{"error":{"type":"rate_limit_error","message":"slow"}}""", ErrorClass.RateLimited, null, Billed.No)]
    [InlineData(200, """{"error":{"message":"slow","http_code":"429"}}""", ErrorClass.RateLimited, null, Billed.No)]
    [InlineData(200, """{"error":{"code":"1008","message":"insufficient balance"}}""", ErrorClass.Exhausted, 1008, Billed.No)]
    [InlineData(200, """{"error":{"code":1026,"message":"sensitive"}}""", ErrorClass.Moderation, 1026, Billed.No)]
    [InlineData(200, """{"type":"overloaded_error","message":"busy"}""", ErrorClass.Overload, null, Billed.No)]
    [InlineData(200, """{"type":"error","error":null}""", ErrorClass.Retry, null, Billed.Unknown)]
    // What is beside the verdict does not matter, nor how numbers are written.
    [InlineData(
        200, """{"choices":"none","usage":[1],"base_resp":{"status_code":1002,"status_msg":{"a":1}}}""", ErrorClass.RateLimited, 1002,
        Billed.No)]
    [InlineData(200, """{"base_resp":{"status_msg":7,"status_code":"1002"}}""", ErrorClass.RateLimited, 1002, Billed.No)]
    [InlineData(200, """{"base_resp":{"status_code":1002.0}}""", ErrorClass.RateLimited, 1002, Billed.No)]
    [InlineData(
        200, """{"type":17,"error":[],"base_resp":{"status_code":1004,"status_msg":"login fail"}}""", ErrorClass.AuthDead, 1004, Billed.No)]
    [InlineData(200, """{"base_resp":{"status_code":"overloaded"}}""", ErrorClass.Retry, null, Billed.Unknown)]
    [InlineData(200, """{"base_resp":{"status_code":4711,"status_msg":"new"}}""", ErrorClass.Retry, 4711, Billed.No)]
    [InlineData(429, """{"error":{"message":"calm down"}}""", ErrorClass.RateLimited, null, Billed.No)]
    public void An_answer_means_what_its_vendor_meant(int status, string body, object expected, int? code, object billed)
    {
        var error = PlatformVerdict.Of(status, Encoding.UTF8.GetBytes(body));

        Assert.NotNull(error);
        Assert.Equal(((ErrorClass)expected, code, (Billed)billed), (error.Class, error.Code, error.Billed));
    }

    [Theory]
    [InlineData("""{"error":null,"base_resp":{"status_code":0,"status_msg":"a warning"}}""")]
    [InlineData("""{"error":{},"choices":[{}]}""")]
    [InlineData("""{"error":{"code":0,"message":"success"}}""")]
    [InlineData("""{"error":"","type":"message"}""")]
    [InlineData("""{"base_resp":null,"data":{"error":{"message":"not the answer's"}}}""")]
    [InlineData("""{"base_resp":{"status_code":"0"}}""")]
    [InlineData("[1,2]")]
    public void An_empty_error_is_none(string body) => Assert.Null(PlatformVerdict.Of(200, Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("<html></html>")]
    [InlineData("")]
    [InlineData("{\"choices\":[")]
    [InlineData("{} {}")]
    [InlineData("ok")]
    public void What_is_no_json_under_a_good_status_is_no_answer(string body) =>
        Assert.False(PlatformVerdict.Read(200, Encoding.UTF8.GetBytes(body)).IsJson);

    [Fact]
    public void A_vendors_words_have_a_longest_length() =>
        Assert.InRange(
            PlatformVerdict.Of(
                400, Encoding.UTF8.GetBytes($"{{\"error\":{{\"message\":\"{new string('x', 100_000)}\"}}}}"))!.Message.Length,
            1,
            600);

    // No bytes of an upstream's make the reader throw.
    [Fact]
    public void Any_bytes_have_a_verdict()
    {
        var bytes = ArbMap.Default.GeneratorFor<byte[]>();
        var answers =
            from head in Gen.Elements("", "{\"base_resp\":{\"status_code\":", "{\"error\":{\"message\":\"", "{\"error\":", "data: ")
            from noise in bytes
            select (byte[])[.. Encoding.UTF8.GetBytes(head), .. noise];

        Law.Holds(answers, answer =>
        {
            foreach (var status in (int[])[0, 200, 401, 502]) PlatformVerdict.Read(status, answer);
        });
    }

    [Fact]
    public void A_code_in_its_place_is_found_whatever_stands_around_it()
    {
        var value = Gen.Elements(
            "null", "1", "\"x\"", "[]", "{}", "[{\"error\":{\"code\":1004}}]", "{\"base_resp\":{\"status_code\":1008}}", "true",
            "\"\\\"error\\\"\"");
        var bodies =
            from before in value
            from after in value
            from beside in value
            select $"{{\"usage\":{before},\"base_resp\":{{\"x\":{beside},\"status_code\":1002,\"y\":{after}}},\"data\":{after}}}";

        Law.Holds(bodies, body => Assert.Equal(1002, PlatformVerdict.Of(200, Encoding.UTF8.GetBytes(body))?.Code));
    }
}
