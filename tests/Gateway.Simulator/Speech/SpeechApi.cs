using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Simulator;

internal sealed class SpeechApi(Behaviour behaviour, Admission admission, MediaShelf shelf, VoiceShelf voices)
{
    private const int LongestText = 10_000;

    public Reply Speak(Exchange exchange)
    {
        if (Fault(exchange) is { } fault)
        {
            return Refusals.Invalid(exchange, fault);
        }

        return voices.Refuse(exchange, SpeechInput.Voices(exchange.Json!.Value))
            ?? admission.Refuse(exchange, exchange.Account!, exchange.Model)
            ?? Answer(exchange, exchange.Json!.Value);
    }

    private Reply Answer(Exchange exchange, JsonElement request)
    {
        MediaSettings settings = behaviour.Media;
        SpeechInput input = SpeechInput.Read(request);
        var file = new MediaFile(input.Format, input.Text, settings.AudioBytes);
        byte[] audio = file.Content();
        if (exchange.WantsStream)
        {
            return new Reply.Stream(
                AudioFrames.Of(exchange, audio, settings.AudioFrames, ExtraInfo(input, audio.Length)), settings.BetweenFrames)
            {
                FirstByte = settings.SpeechLatency,
            };
        }

        var data = new JsonObject
        {
            ["audio"] = request.Text("output_format") == "url"
                ? shelf.Publish(exchange.Origin, file)
                : Convert.ToHexStringLower(audio),
        };
        if (request.Flag("subtitle_enable"))
        {
            data["subtitle_file"] = shelf.Publish(exchange.Origin, new MediaFile("txt", input.Text, 0));
        }

        data["status"] = 2;
        return new Reply.Document(new JsonObject
        {
            ["data"] = data,
            ["extra_info"] = ExtraInfo(input, audio.Length),
            ["trace_id"] = exchange.TraceId,
            ["base_resp"] = Json.BaseResp(0, "success"),
        })
        {
            FirstByte = settings.SpeechLatency,
        };
    }

    private static JsonObject ExtraInfo(SpeechInput input, int size) => new()
    {
        // Sixty milliseconds a character is how fast people speak, roughly.
        ["audio_length"] = input.Text.Length * 60,
        ["audio_sample_rate"] = input.SampleRate,
        ["audio_size"] = size,
        ["bitrate"] = input.Bitrate,
        ["word_count"] = input.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length,
        ["invisible_character_ratio"] = 0,
        ["usage_characters"] = input.Text.Length,
        ["audio_format"] = input.Format,
        ["audio_channel"] = input.Channels,
    };

    private static string? Fault(Exchange exchange) => exchange.Json switch
    {
        null => "the body is not a JSON object",
        { } request when request.Text("text") is not { Length: < LongestText } => "text is empty or not shorter than 10000 characters",
        { } request when request.Text("output_format") is not (null or "hex" or "url") => "invalid output_format",
        { } request => SpeechInput.Fault(request, exchange.Model),
    };
}
