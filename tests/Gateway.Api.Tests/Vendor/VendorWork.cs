using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>Something to ask of the vendor that is answered at once: as a call, under a key, or as a job.</summary>
/// <param name="Name">What it is, in a row's name.</param>
/// <param name="Kind">The kind of a job of it; null where there is no such job.</param>
/// <param name="Operation">What the simulator takes it for.</param>
/// <param name="Path">MiniMax's path.</param>
/// <param name="Body">The request.</param>
/// <param name="Price">Credits, when it succeeds.</param>
/// <param name="OneAnswer">A good answer in one piece, as short as may be.</param>
internal sealed record VendorWork(string Name, string? Kind, Operation Operation, string Path, string Body, int Price, string OneAnswer)
{
    public bool IsChat => Operation == Operation.Chat;

    /// <summary>The request asks for a stream.</summary>
    public bool Streams { get; init; }

    /// <summary>Frames of a good stream; what they show to a caller comes with the first.</summary>
    public IReadOnlyList<string> Frames { get; init; } = [];

    public override string ToString() => Name;

    private const string ChatPrice = "5";

    /// <summary>Prices of the rows, where the shipped table has none: a chat costs too, so that its charge can be judged.</summary>
    public static readonly (string Name, string Value) PriceOfChat = ("Gateway:Prices:platform/chat", ChatPrice);

    private const string ChatAnswer =
        """{"id":"1","choices":[{"finish_reason":"stop","index":0,"message":{"content":"Hello","role":"assistant"}}],"object":"chat.completion","usage":{"total_tokens":30},"base_resp":{"status_code":0,"status_msg":""}}""";

    public static readonly VendorWork Chat = new("chat", "chat", Operation.Chat, "/v1/text/chatcompletion_v2",
        """{"model":"MiniMax-M2","max_tokens":100,"messages":[{"role":"user","content":"hi"}]}""", 5, ChatAnswer);

    public static readonly VendorWork ChatStream = new("chat stream", "chat", Operation.Chat, "/v1/text/chatcompletion_v2",
        """{"model":"MiniMax-M2","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"hi"}]}""", 5, ChatAnswer)
    {
        Streams = true,
        Frames =
        [
            """{"id":"1","choices":[{"index":0,"delta":{"content":"Hel","role":"assistant"}}],"object":"chat.completion.chunk"}""",
            """{"id":"1","choices":[{"finish_reason":"stop","index":0,"delta":{"content":"lo","role":"assistant"}}],"object":"chat.completion.chunk"}""",
            ChatAnswer,
        ],
    };

    private const string SpeechAnswer =
        """{"data":{"audio":"48656c6c6f","status":2},"extra_info":{"usage_characters":6},"trace_id":"1","base_resp":{"status_code":0,"status_msg":"success"}}""";

    public static readonly VendorWork Speech = new("speech", "speech", Operation.Speech, "/v1/t2a_v2",
        """{"model":"speech-2.8-turbo","text":"Hello.","voice_setting":{"voice_id":"English_Graceful_Lady"}}""", 2, SpeechAnswer);

    public static readonly VendorWork SpeechStream = new("speech stream", null, Operation.Speech, "/v1/t2a_v2",
        """{"model":"speech-2.8-turbo","text":"Hello.","stream":true,"voice_setting":{"voice_id":"English_Graceful_Lady"}}""",
        2,
        SpeechAnswer)
    {
        Streams = true,
        Frames = ["""{"data":{"audio":"4865","status":1},"base_resp":{"status_code":0,"status_msg":""}}""", SpeechAnswer],
    };

    private const string MusicAnswer =
        """{"data":{"audio":"48656c6c6f","status":2},"trace_id":"1","extra_info":{"music_duration":25364},"base_resp":{"status_code":0,"status_msg":"success"}}""";

    public static readonly VendorWork Music = new("music", "music", Operation.Music, "/v1/music_generation",
        """{"model":"music-3.0","prompt":"calm","lyrics":"la la la"}""", 10, MusicAnswer);

    public static readonly VendorWork MusicStream = new("music stream", null, Operation.Music, "/v1/music_generation",
        """{"model":"music-3.0","prompt":"calm","lyrics":"la la la","stream":true}""", 10, MusicAnswer)
    {
        Streams = true,
        Frames = ["""{"data":{"audio":"4865","status":1},"base_resp":{"status_code":0,"status_msg":""}}""", MusicAnswer],
    };

    public static readonly VendorWork Image = new("image", "image", Operation.Image, "/v1/image_generation",
        """{"model":"image-01","prompt":"a lamp"}""", 1,
        """{"id":"1","data":{"image_urls":["https://example.com/1.png"]},"metadata":{"success_count":"1","failed_count":"0"},"base_resp":{"status_code":0,"status_msg":"success"}}""");

    public static readonly VendorWork Lyrics = new("lyrics", null, Operation.Lyrics, "/v1/lyrics_generation",
        """{"mode":"write_full_song","prompt":"calm"}""", 1,
        """{"song_title":"T","style_tags":"calm","lyrics":"la la la","base_resp":{"status_code":0,"status_msg":"success"}}""");

    /// <summary>Answered in one piece.</summary>
    public static readonly IReadOnlyList<VendorWork> Whole = [Chat, Speech, Image, Music, Lyrics];

    /// <summary>Answered bit by bit.</summary>
    public static readonly IReadOnlyList<VendorWork> Streamed = [ChatStream, SpeechStream, MusicStream];

    public static readonly IReadOnlyList<VendorWork> All = [.. Whole, .. Streamed];

    /// <summary>What may also be a job. A chat that streams is one under a key, too.</summary>
    public static readonly IReadOnlyList<VendorWork> Jobs = [Chat, ChatStream, Speech, Image, Music];
}
