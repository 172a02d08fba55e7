using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>An answer of the vendor's with a name for rows.</summary>
internal sealed record NamedAnswer(string Name, FaultEffect Effect)
{
    /// <summary>Words of it that reach the caller where it is the answer.</summary>
    public string Words { get; init; } = "";
}

/// <summary>The answers of the tables by what they mean: rows are these, times what was asked for.</summary>
internal static class Answers
{
    /// <summary>
    /// The account was refused without proof that its credential is dead, or its address answers like no upstream of ours.
    /// </summary>
    public static readonly IReadOnlyList<NamedAnswer> Suspicions =
    [
        new("401 of the agent's form", Says.Json("""{"code":401,"message":"token is required"}""", 401)) { Words = "token is required" },
        new("401 without a type", Says.Json(Says.Untyped("Unauthorized request"), 401)) { Words = "Unauthorized request" },
        new("401 whose error is text", Says.Json("""{"error":"unauthorized by policy"}""", 401)) { Words = "unauthorized by policy" },
        new("401 in a line", Says.Line(401, "no access here")) { Words = "no access here" },
        new("401 without a body", new FaultEffect.Answer(Status: 401, ContentType: null)),
        new("403 without a type", Says.Json("""{"message":"region is not allowed"}""", 403)) { Words = "region is not allowed" },
        new("403 in a line", Says.Line(403, "egress refused")) { Words = "egress refused" },
        new("404 in a line", Says.Line(404, "404 page not found")) { Words = "404 page not found" },
        new("301", Says.Line(301, "moved for good", ("Location", "https://example.com/v2"))),
        new("302", Says.Line(302, "", ("Location", "/login"))),
        new("307", Says.Line(307, "", ("Location", "https://example.com/v2"))),
        new("405 in a line", Says.Line(405, "405 method not allowed", ("Allow", "GET"))) { Words = "405 method not allowed" },
        new("405 in JSON", Says.Json("""{"detail":"Method Not Allowed"}""", 405)) { Words = "Method Not Allowed" },
    ];

    /// <summary>Proof that a credential is dead.</summary>
    public static readonly IReadOnlyList<NamedAnswer> Proofs =
    [
        new(
            "1004",
            Says.Json(
                Says.BaseResp(1004, "login fail: Please carry the API secret key in the 'Authorization' field of the request header"))),
        new("2049", Says.Json(Says.BaseResp(2049, "invalid api key"))),
        new("1004 in an envelope", Says.Json(Says.Envelope("authorized_error", "login fail (1004)", 401), 401)),
        new("authorized_error without a code", Says.Json(Says.Envelope("authorized_error", "token is unusable", 401), 401)),
        new(
            "authentication_error without a code",
            Says.Json("""{"type":"error","error":{"type":"authentication_error","message":"invalid api key"},"request_id":"1"}""", 401)),
        new(
            "authentication_error under 200",
            Says.Json("""{"type":"error","error":{"type":"authentication_error","message":"invalid api key"}}""")),
    ];

    /// <summary>Words about a model under the statuses of a refused account.</summary>
    public static readonly IReadOnlyList<NamedAnswer> ModelWords =
    [
        new("401 about the model", Says.Json(Says.Untyped("Model xyz is not supported"), 401)) { Words = "Model xyz is not supported" },
        new(
            "403 about the model",
            Says.Json(
                """{"error":{"message":"The model `xyz` does not exist or you do not have access to it","code":"model_not_found"}}""",
                403)) { Words = "does not exist" },
        new(
            "404 about the model",
            Says.Json(
                """{"type":"error","error":{"type":"not_found_error","message":"unknown model: xyz"}}""", 404)) { Words = "unknown model" },
        new(
            "400 about the model",
            Says.Json(
                Says.Envelope("bad_request_error", "invalid params, unknown model 'xyz' (2013)", 400), 400)) { Words = "unknown model" },
    ];

    /// <summary>Pages of an edge that say that the request went no further.</summary>
    public static readonly IReadOnlyList<NamedAnswer> PagesBelow500 =
    [
        .. new[] { 400, 401, 403, 404, 413, 429 }.Select(static status => new NamedAnswer($"page {status}", Says.Page(status)))
    ];

    /// <summary>Answers after which nobody knows what became of the request.</summary>
    public static readonly IReadOnlyList<NamedAnswer> Doubts =
    [
        .. new[] { 500, 502, 503, 504, 520, 522 }.Select(static status => new NamedAnswer($"page {status}", Says.Page(status))),
        new("page 200", Says.Page(200)),
        new("page 408", Says.Page(408)),
        new("page 499", Says.Page(499)),
        new("408 in a line", Says.Line(408, "request timeout")),
        new("408 in JSON", Says.Json("""{"error":{"message":"Request Timeout"}}""", 408)),
        new("499 without a body", new FaultEffect.Answer(Status: 499, ContentType: null)),
        new("502 in a line", Says.Line(502, "upstream connect error or disconnect/reset before headers")),
        new("500 in JSON", Says.Json("""{"error":"internal"}""", 500)),
        new("no body", new FaultEffect.Answer(ContentType: null)),
        new("half a document", new FaultEffect.Answer("""{"data":{"audio":"4865""")),
        new("a break in the middle", new FaultEffect.Answer(Pieces: [new("""{"data":"""), new(""" {""")], Breaks: true)),
    ];

    /// <summary>Clear, unpaid, and about the account asked: the next one may well serve.</summary>
    public static readonly IReadOnlyList<NamedAnswer> OfOneAccount =
    [
        new("1002", Says.Json(Says.BaseResp(1002, "rate limit exceeded(RPM)"))),
        new("1008", Says.Json(Says.BaseResp(1008, "insufficient balance"))),
        new("2056", Says.Json(Says.BaseResp(2056, "plan usage limit reached"))),
        new("2061", Says.Json(Says.BaseResp(2061, "your current token plan not support model, MiniMax-M2"))),
        new("1041", Says.Json(Says.BaseResp(1041, "conn limit"))),
        new("1004", Says.Json(Says.BaseResp(1004, "login fail"))),
        new("2062", Says.Json(Says.BaseResp(2062, "Token Plan rate limit reached"))),
        new("2067", Says.Json(Says.BaseResp(2067, "usage limit reached"))),
    ];
}
