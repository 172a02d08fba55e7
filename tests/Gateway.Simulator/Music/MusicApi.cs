using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>Music, the preparation of covers, and lyrics.</summary>
internal sealed class MusicApi(Behaviour behaviour, Admission admission, MediaShelf shelf, CoverShelf covers)
{
    private const int LongestPrompt = 2000;
    private const int LongestLyrics = 3500;
    private const string Verses = "[Verse]\nA gate stands open in the rain\n[Chorus]\nCome in, come in again";

    public Reply Generate(Exchange exchange)
    {
        if (MusicFault(exchange) is { } fault)
        {
            return Refusals.Invalid(exchange, fault);
        }

        return admission.Refuse(exchange, exchange.Account!, exchange.Model) ?? Song(exchange, exchange.Json!.Value);
    }

    public Reply Preprocess(Exchange exchange)
    {
        if (exchange.Json is not { } request || exchange.Model != "music-cover" || !HasSource(request))
        {
            return Refusals.Invalid(exchange, "model music-cover and one of audio_url and audio_base64 are needed");
        }

        return admission.Refuse(exchange, exchange.Account!, exchange.Model) ?? Prepared(exchange);
    }

    public Reply Lyrics(Exchange exchange)
    {
        if (exchange.Json?.Text("mode") is not ("write_full_song" or "edit"))
        {
            return Refusals.Invalid(exchange, "invalid mode");
        }

        return admission.Refuse(exchange, exchange.Account!, exchange.Model) ?? Written(exchange.Json!.Value);
    }

    private Reply Song(Exchange exchange, JsonElement request)
    {
        MediaSettings settings = behaviour.Media;
        string format = request.Inner("audio_setting")?.Text("format") ?? "mp3";
        var file = new MediaFile(format, request.Text("lyrics") ?? request.Text("prompt") ?? "", settings.AudioBytes);
        byte[] audio = file.Content();
        JsonObject extraInfo = ExtraInfo(request, audio.Length);
        if (exchange.WantsStream)
        {
            return new Reply.Stream(AudioFrames.Of(exchange, audio, settings.AudioFrames, extraInfo), settings.BetweenFrames)
            {
                FirstByte = settings.MusicLatency,
            };
        }

        bool linked = request.Text("output_format") == "url";
        string result = linked ? shelf.Publish(exchange.Origin, file) : Convert.ToHexStringLower(audio);
        return new Reply.Document(new JsonObject
        {
            ["data"] = new JsonObject { ["audio"] = result, ["status"] = 2 },
            ["trace_id"] = exchange.TraceId,
            ["extra_info"] = extraInfo,
            ["analysis_info"] = null,
            ["base_resp"] = Json.BaseResp(0, "success"),
        })
        {
            FirstByte = settings.MusicLatency,
        };
    }

    private Reply.Document Prepared(Exchange exchange) =>
        new(new JsonObject
        {
            ["cover_feature_id"] = covers.Add(exchange.Key),
            ["formatted_lyrics"] = Verses,
            ["structure_result"] = """{"segments":[{"label":"verse","start":0,"end":12.5}]}""",
            ["audio_duration"] = 25.4,
            ["trace_id"] = exchange.TraceId,
            ["base_resp"] = Json.BaseResp(0, "success"),
        })
        {
            FirstByte = behaviour.Media.OtherLatency,
        };

    private Reply.Document Written(JsonElement request) =>
        new(new JsonObject
        {
            ["song_title"] = request.Text("title") ?? "The Gate",
            ["style_tags"] = "folk, calm",
            ["lyrics"] = $"{request.Text("lyrics") ?? Verses}\n[Bridge]\n{request.Text("prompt")}",
            ["base_resp"] = Json.BaseResp(0, "success"),
        })
        {
            FirstByte = behaviour.Media.OtherLatency,
        };

    private static JsonObject ExtraInfo(JsonElement request, int size) => new()
    {
        ["music_duration"] = 25364,
        ["music_sample_rate"] = request.Inner("audio_setting")?.Number("sample_rate") ?? 44100,
        ["music_channel"] = 2,
        ["bitrate"] = request.Inner("audio_setting")?.Number("bitrate") ?? 256000,
        ["music_size"] = size,
    };

    private string? MusicFault(Exchange exchange) => exchange.Json switch
    {
        null => "the body is not a JSON object",
        _ when !exchange.Model.StartsWith("music-", StringComparison.Ordinal) => "invalid model",
        { } request when request.Text("prompt") is { Length: > LongestPrompt } => "prompt is longer than 2000 characters",
        { } request when request.Text("lyrics") is { Length: > LongestLyrics } => "lyrics are longer than 3500 characters",
        { } request when request.Text("output_format") is not (null or "hex" or "url") => "invalid output_format",
        { } request when exchange.Model.StartsWith("music-cover", StringComparison.Ordinal) => CoverFault(request, exchange.Key),
        { } request when !HasWords(request) => "lyrics is empty",
        _ => null,
    };

    private string? CoverFault(JsonElement request, string key) => request.Text("cover_feature_id") switch
    {
        null when !HasSource(request) => "one of audio_url, audio_base64 and cover_feature_id is needed",
        { } id when !covers.Holds(id, key) => "invalid cover_feature_id",
        _ => null,
    };

    private static bool HasWords(JsonElement request) =>
        request.Text("lyrics") is not null || request.Flag("is_instrumental") || request.Flag("lyrics_optimizer");

    private static bool HasSource(JsonElement request) =>
        request.Text("audio_url") is not null || request.Text("audio_base64") is not null;
}
