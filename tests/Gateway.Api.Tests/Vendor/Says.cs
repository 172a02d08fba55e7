using System.Text.Json;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>Answers of a vendor and of the edges in front of it, in all the forms that were seen or are plausible.</summary>
internal static class Says
{
    public const string EventStream = "text/event-stream";

    public static FaultEffect.Answer Json(string body, int status = 200, bool accepted = false) => new(body, status, Accepted: accepted);

    /// <summary>Frames of a stream, each by itself.</summary>
    public static FaultEffect.Answer Stream(params IEnumerable<string> frames) =>
        new(ContentType: EventStream, Pieces: [.. frames.Select(frame => new AnswerPiece($"data: {frame}\n\n"))]);

    public static string BaseResp(int code, string message) =>
        $$$"""{"base_resp":{"status_code":{{{code}}},"status_msg":{{{Quoted(message)}}}}}""";

    /// <summary>An error's envelope: MiniMax's own where it has a type.</summary>
    public static string Envelope(string type, string message, int status) =>
        $$$"""{"type":"error","error":{"type":{{{Quoted(type)}}},"message":{{{Quoted(message)}}},"http_code":"{{{status}}}"},"request_id":"0660ea98"}""";

    /// <summary>An error of OpenAI's form, as proxies send it: no type outside, and no code.</summary>
    public static string Untyped(string message) =>
        $$$"""{"error":{"message":{{{Quoted(message)}}},"type":null,"param":null,"code":null}}""";

    /// <summary>nginx's page, or what an edge of another make would show.</summary>
    public static FaultEffect Page(int status) => new FaultEffect.HttpStatus(status);

    public static FaultEffect.Answer Line(int status, string text, params (string Name, string Value)[] headers) =>
        new(text, status, "text/plain", headers.ToDictionary(header => header.Name, header => header.Value));

    /// <summary>The next answer to anybody.</summary>
    public static FaultRule Next(Operation operation, FaultEffect effect, int count = 1) =>
        new() { Operation = operation, Effect = effect, Count = count };

    /// <summary>Every answer to anybody.</summary>
    public static FaultRule Always(Operation operation, FaultEffect effect) => new() { Operation = operation, Effect = effect };

    /// <summary>The forms in which the vendor tells an error that has a code, in one piece.</summary>
    public static IEnumerable<(string Name, FaultEffect.Answer Effect)> CodedErrors(int code, string words, int status, string type) =>
    [
        ("base_resp", Json(BaseResp(code, words))),
        ("base_resp under its status", Json(BaseResp(code, words), status)),
        ("base_resp beside empty fields", Json($$$"""{"id":"1","choices":null,"data":null,"task_id":"","usage":{"total_tokens":0},"base_resp":{"status_code":{{{code}}},"status_msg":"{{{words}}}"}}""")),
        ("base_resp with its code as text", Json($$$"""{"base_resp":{"status_code":"{{{code}}}","status_msg":"{{{words}}}"}}""")),
        ("base_resp beside usage of another " +
            "type",
            Json($$$"""{"usage":"none","choices":"none","data":[],"base_resp":{"status_code":{{{code}}},"status_msg":"{{{words}}}"}}""")),
        ("base_resp beside an error of another " +
            "type", Json($$$"""{"error":"","type":0,"base_resp":{"status_code":{{{code}}},"status_msg":"{{{words}}}"}}""")),
        ("base_resp whose words are an object", Json($$$"""{"base_resp":{"status_code":{{{code}}},"status_msg":{"en":"{{{words}}}"} }}""")),
        ("envelope", Json(Envelope(type, $"{words} ({code})", status), status)),
        ("envelope under 200", Json(Envelope(type, $"{words} ({code})", status))),
        ("envelope of Anthropic's form", Json($$$"""{"type":"error","error":{"type":"{{{type}}}","message":"{{{words}}} ({{{code}}})"},"request_id":"1"}""", status)),
        ("untyped envelope", Json(Untyped($"{words} ({code})"), status)),
        ("untyped envelope under 200", Json(Untyped($"{words} ({code})"))),
    ];

    /// <summary>Answers under HTTP 200 in which there is nothing, by what was asked for.</summary>
    public static IEnumerable<(string Name, string Body)> Nothing(VendorWork work) => work.Operation switch
    {
        Operation.Chat =>
        [
            ("choices null", """{"id":"1","choices":null,"usage":{"total_tokens":0},"base_resp":{"status_code":0,"status_msg":""}}"""),
            ("choices empty", """{"id":"1","choices":[],"object":"chat.completion","base_resp":{"status_code":0,"status_msg":""}}"""),
            .. Bare,
        ],
        Operation.Speech or Operation.Music =>
        [
            ("data null", """{"data":null,"trace_id":"1","base_resp":{"status_code":0,"status_msg":"success"}}"""),
            ("audio empty", """{"data":{"audio":"","status":2},"extra_info":{"usage_characters":0},"base_resp":{"status_code":0,"status_msg":"success"}}"""),
            ("audio null", """{"data":{"audio":null,"status":2},"base_resp":{"status_code":0,"status_msg":"success"}}"""),
            .. Bare,
        ],
        Operation.Image =>
        [
            ("data null", """{"id":"1","data":null,"base_resp":{"status_code":0,"status_msg":"success"}}"""),
            ("image_urls empty", """{"id":"1","data":{"image_urls":[]},"metadata":{"success_count":"0","failed_count":"1"},"base_resp":{"status_code":0,"status_msg":"success"}}"""),
            ("image_urls null", """{"id":"1","data":{"image_urls":null},"base_resp":{"status_code":0,"status_msg":"success"}}"""),
            .. Bare,
        ],
        Operation.Lyrics =>
        [
            ("lyrics empty", """{"song_title":"","style_tags":"","lyrics":"","base_resp":{"status_code":0,"status_msg":"success"}}"""),
            .. Bare,
        ],
        _ => Bare,
    };

    /// <summary>Answers to a submit that name no task.</summary>
    public static IReadOnlyList<(string Name, string Body)> NoTask { get; } =
    [
        ("task_id empty", """{"task_id":"","base_resp":{"status_code":0,"status_msg":"success"}}"""),
        ("task_id null", """{"task_id":null,"base_resp":{"status_code":0,"status_msg":"success"}}"""),
        ("task_id 0", """{"task_id":0,"base_resp":{"status_code":0,"status_msg":"success"}}"""),
        .. Bare,
    ];

    private static IReadOnlyList<(string Name, string Body)> Bare =>
    [
        ("a verdict alone", """{"base_resp":{"status_code":0,"status_msg":"success"}}"""),
        ("an empty object", "{}"),
    ];

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
