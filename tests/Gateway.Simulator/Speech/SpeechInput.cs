using System.Text.Json;

namespace Gateway.Simulator;

/// <summary>The part of a speech request that matters for its result.</summary>
internal sealed record SpeechInput(string Text, string Format, long SampleRate, long Bitrate, long Channels)
{
    private static readonly string[] Formats = ["mp3", "pcm", "flac", "wav", "pcmu_raw", "pcmu_wav", "opus"];
    private static readonly string[] Emotions =
        ["happy", "sad", "angry", "fearful", "disgusted", "surprised", "calm", "fluent", "whisper"];

    public static SpeechInput Read(JsonElement request)
    {
        JsonElement? audio = request.Inner("audio_setting");
        return new SpeechInput(
            request.Text("text") ?? "",
            audio?.Text("format") ?? "mp3",
            audio?.Number("sample_rate") ?? audio?.Number("audio_sample_rate") ?? 32000,
            audio?.Number("bitrate") ?? 128000,
            audio?.Number("channel") ?? 1);
    }

    /// <summary>What is wrong with a request apart from its text; null when nothing is.</summary>
    public static string? Fault(JsonElement request, string model)
    {
        if (!model.StartsWith("speech-", StringComparison.Ordinal))
        {
            return "invalid model";
        }

        if (request.Inner("audio_setting")?.Text("format") is { } format && !Formats.Contains(format))
        {
            return "invalid audio format";
        }

        return request.Inner("voice_setting")?.Text("emotion") is { } emotion && !Emotions.Contains(emotion)
            ? "invalid emotion"
            : null;
    }

    /// <summary>All voices a request names; none means the platform's own default.</summary>
    public static IEnumerable<string> Voices(JsonElement request) =>
        request.Items("timbre_weights").Append(request.Inner("voice_setting") ?? default)
            .Where(static named => named.ValueKind == JsonValueKind.Object)
            .Select(static named => named.Text("voice_id"))
            .OfType<string>();
}
