using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>Calls that are answered bit by bit. Until something has been shown to the caller, they are like any other call.</summary>
internal static class StreamRows
{
    private const string EmptyDelta =
        """{"id":"1","choices":[{"index":0,"delta":{"role":"assistant","content":""}}],"object":"chat.completion.chunk"}""";
    private const string NoChoices = """{"id":"1","choices":[],"object":"chat.completion.chunk"}""";

    public static IEnumerable<VendorRow> All =>
        [.. FirstFrames(), .. InJson(), .. Suspected(), .. BeforeOutput(), .. AfterOutput(), .. Large(), .. Dressed(), .. Quirks(), .. Doubtful(), .. Empty(), .. EmptyFrames()];

    private static IEnumerable<VendorRow> FirstFrames() =>
        from work in VendorWork.Streamed
        from error in Says.CodedErrors(1002, "rate limit exceeded(RPM)", 429, "rate_limit_error").DistinctBy(error => error.Effect.Body)
        select new VendorRow($"V10 {work}: an error in the first frame goes to the next account", error.Name)
        {
            Work = work,
            Script = [Says.Next(work.Operation, Says.Stream(error.Effect.Body!))],
            Sends = 2,
            Used = work.Price,
            Hides = ["rate limit"],
        };

    private static IEnumerable<VendorRow> InJson() =>
        from work in VendorWork.Streamed
        from error in Says.CodedErrors(1002, "rate limit exceeded(RPM)", 429, "rate_limit_error")
        select new VendorRow($"V17 {work}: 1002 in JSON goes to the next account", error.Name)
        {
            Work = work,
            Script = [Says.Next(work.Operation, error.Effect)],
            Sends = 2,
            Used = work.Price,
            Hides = ["rate limit"],
        };

    private static IEnumerable<VendorRow> Suspected() =>
        from work in VendorWork.Streamed
        from answer in Answers.Suspicions
        select new VendorRow($"V3 {work}: suspicion goes to the next account", answer.Name)
        {
            Work = work,
            Script = [Says.Next(work.Operation, answer.Effect)],
            Sends = 2,
            Used = work.Price,
            Health = [Left.Suspect],
        };

    /// <summary>An error behind frames that show nothing.</summary>
    private static IEnumerable<VendorRow> BeforeOutput() =>
        from before in new (string Name, string[] Frames)[]
        {
            ("no choices", [NoChoices]),
            ("an empty delta", [EmptyDelta]),
            ("two empty frames", [NoChoices, EmptyDelta]),
        }
        from error in new (int Code, Left Left)[] { (1004, Left.AuthFailed), (2049, Left.AuthFailed), (1008, Left.Exhausted), (2056, Left.Exhausted), (1002, Left.Ok) }
        select new VendorRow(
            "V11 chat stream: an error behind frames that show nothing goes to the next account", $"{error.Code} behind {before.Name}")
        {
            Work = VendorWork.ChatStream,
            Script = [Says.Next(Operation.Chat, Says.Stream([.. before.Frames, Says.BaseResp(error.Code, "no more")]))],
            Sends = 2,
            Used = VendorWork.ChatStream.Price,
            Health = [error.Left],
            Hides = ["no more"],
        };

    /// <summary>An error behind something that was shown: the caller sees it, the account learns.</summary>
    private static IEnumerable<VendorRow> AfterOutput() =>
        from work in VendorWork.Streamed
        from error in new (string Name, string Frame, Left Left)[]
        {
            ("1004", Says.BaseResp(1004, "login fail"), Left.AuthFailed),
            ("2049 in an envelope", Says.Envelope("authorized_error", "invalid api key (2049)", 401), Left.AuthFailed),
            ("authentication_error without a code", """{"type":"error","error":{"type":"authentication_error","message":"invalid api key"}}""", Left.AuthFailed),
            ("2056", Says.BaseResp(2056, "plan usage limit reached"), Left.Exhausted),
            ("1008 untyped", Says.Untyped("insufficient balance (1008)"), Left.Exhausted),
            ("1000", Says.BaseResp(1000, "unknown error, 520"), Left.Ok),
            ("text alone", """{"error":"stream failed"}""", Left.Ok),
        }
        select new VendorRow($"V11 {work}: an error behind output is told to the caller and to the account", error.Name)
        {
            Work = work,
            Script = [Says.Next(work.Operation, Says.Stream(work.Frames[0], error.Frame))],
            Status = 200,
            IsError = true,
            Used = work.Price,
            Health = [error.Left],
        };

    /// <summary>Paid for, and larger than usual.</summary>
    private static IEnumerable<VendorRow> Large() =>
        from work in VendorWork.Streamed
        from times in new[] { 3_000_000, 20_000_000 }
        select new VendorRow($"V13 {work}: a large first frame passes", $"{times / 1_000_000} MB")
        {
            Work = work,
            Script = [Says.Next(work.Operation, LargeFrame(work, times))],
            Says = ["the end of it"],
            Used = work.Price,
        };

    private static FaultEffect.Answer LargeFrame(VendorWork work, int times) => new(ContentType: Says.EventStream, Pieces:
    [
        new(work.IsChat ? """data: {"choices":[{"index":0,"delta":{"content":" """ : """data: {"data":{"status":1,"audio":" """),
        new("48656c6c6f", Times: times / 10),
        new(work.IsChat ? "the end of it\"}}]}\n\n" : "the end of it\"}}\n\n"),
        .. work.Frames.Select(frame => new AnswerPiece($"data: {frame}\n\n")),
    ]);

    /// <summary>Good streams in odd dress.</summary>
    private static IEnumerable<VendorRow> Dressed() =>
        from work in VendorWork.Streamed
        from dress in new (string Name, FaultEffect.Answer Effect)[]
        {
            ("gzip'd", new(Accepted: true, Gzip: true, ContentType: Says.EventStream)),
            ("gzip'd as JSON", new(Accepted: true, Gzip: true)),
            ("as JSON", new(Accepted: true)),
            ("as plain text", new(Accepted: true, ContentType: "text/plain")),
            ("without a content type", new(Accepted: true, ContentType: null)),
            ("as an event stream with a charset", new(Accepted: true, ContentType: "text/event-stream;charset=UTF-8")),
            ("in one piece", Says.Json(work.OneAnswer)),
            ("in one piece that is called a stream", new(work.OneAnswer, ContentType: Says.EventStream)),
            ("in one piece, gzip'd", new(work.OneAnswer, Gzip: true)),
        }
        select new VendorRow($"V14 {work}: a good answer in odd dress reaches the caller", dress.Name)
        {
            Work = work,
            Script = [Says.Next(work.Operation, dress.Effect)],
            Says = ["\"base_resp\""],
            Used = work.Price,
        };

    /// <summary>Forms of a stream that its standard allows, or that were seen.</summary>
    private static IEnumerable<VendorRow> Quirks() =>
        from work in VendorWork.Streamed
        from quirk in new (string Name, string Text)[]
        {
            ("comments first", ": connected\n\n: ping\n\n" + Joined(work.Frames, "data: {0}\n\n")),
            ("a ping event first", "event: ping\ndata: {\"type\":\"ping\"}\n\n" + Joined(work.Frames, "data: {0}\n\n")),
            ("no blank behind the colon", Joined(work.Frames, "data:{0}\n\n")),
            ("ids and a retry", "retry: 1000\n\n" + Joined(work.Frames, "id: 1\ndata: {0}\n\n")),
            ("lines of the other kind", Joined(work.Frames, "data: {0}\r\n\r\n")),
            ("a byte order mark first", "\uFEFF" + Joined(work.Frames, "data: {0}\n\n")),
            ("a marker at its end", Joined(work.Frames, "data: {0}\n\n") + "data: [DONE]\n\n"),
            ("no empty line at its end", Joined(work.Frames, "data: {0}\n\n").TrimEnd()),
        }
        select new VendorRow($"V22 {work}: the forms a stream may have are all good", quirk.Name)
        {
            Work = work,
            Script = [Says.Next(work.Operation, new FaultEffect.Answer(quirk.Text, ContentType: Says.EventStream))],
            Says = ["\"base_resp\""],
            Used = work.Price,
        };

    private static IEnumerable<VendorRow> Doubtful() =>
        from work in VendorWork.Streamed
        from answer in Answers.Doubts.Concat(
        [
            new NamedAnswer("a stream without a frame", new FaultEffect.Answer("", ContentType: Says.EventStream)),
            new NamedAnswer("a stream of comments", new FaultEffect.Answer(": connected\n\n: ping\n\n", ContentType: Says.EventStream)),
        ])
        select work.IsChat
            ? new VendorRow($"V8 {work}: doubt before the first byte is asked of another account", answer.Name)
            {
                Work = work,
                Script = [Says.Next(work.Operation, answer.Effect)],
                Sends = 2,
                Used = 2 * work.Price,
            }
            : new VendorRow($"V8 {work}: doubt is charged and never sent twice", answer.Name)
            {
                Work = work,
                Script = [Says.Always(work.Operation, answer.Effect)],
                Status = null, // what is an error in JSON may be shown as it is
                IsError = true,
                Sends = 1,
                Used = work.Price,
            };

    private static IEnumerable<VendorRow> Empty() =>
        from work in VendorWork.Streamed
        from nothing in Says.Nothing(work)
        select new VendorRow($"V12 {work}: nothing in JSON is no success and costs nothing", nothing.Name)
        {
            Work = work,
            Script = [Says.Always(work.Operation, Says.Json(nothing.Body))],
            Status = null,
            IsError = true,
            Sends = work.IsChat ? 2 : 1,
        };

    /// <summary>Frames that show nothing, and an end.</summary>
    private static IEnumerable<VendorRow> EmptyFrames() =>
        from nothing in new (string Name, string[] Frames)[]
        {
            ("no choices", [NoChoices]),
            ("choices null", ["""{"id":"1","choices":null,"object":"chat.completion","base_resp":{"status_code":0,"status_msg":""}}"""]),
            ("an empty delta without an end", [EmptyDelta, NoChoices]),
        }
        select new VendorRow("V12 chat stream: a stream of nothing goes to the next account", nothing.Name)
        {
            Work = VendorWork.ChatStream,
            Script = [Says.Next(Operation.Chat, Says.Stream(nothing.Frames))],
            Sends = 2,
            Used = null,
        };

    private static string Joined(IEnumerable<string> frames, string form) =>
        string.Concat(frames.Select(frame => form.Replace("{0}", frame, StringComparison.Ordinal)));
}
