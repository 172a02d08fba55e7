using System.Buffers.Text;
using Gateway.Model.Json;

namespace Gateway.Model.Native;

/// <summary>Finds the assets in MiniMax's answers (docs/minimax.md, "Video, second API" to "Files").</summary>
internal static class NativeContent
{
    private static readonly string[] Links = ["file.download_url", "task.content.url", "video_url", "data.image_urls[]", "data.audio_url"];

    /// <summary>The assets of a result, in its order; empty for what has none, such as a chat.</summary>
    public static IReadOnlyList<ContentSource> Of(ReadOnlySpan<byte> result)
    {
        List<ContentSource> found = [];
        foreach (var value in JsonValues.Find(result, [.. Links, "data.audio", "data.image_base64[]"]))
        {
            if (value.Text(result) is not { Length: > 0 } text) continue;
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
                found.Add(new ContentSource.Linked(url!));
            else if (value.Path == "data.audio" && FromHex(text) is { } audio) found.Add(new ContentSource.Held(audio, TypeOf(audio)));
            else if (value.Path == "data.image_base64[]" && FromBase64(text) is { } image)
                found.Add(new ContentSource.Held(image, TypeOf(image)));
        }

        return found;
    }

    /// <summary>The media type, by the opening its format is known by.</summary>
    public static string TypeOf(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("ID3"u8) || (bytes.Length > 1 && bytes[0] == 0xFF && (bytes[1] & 0xE0) == 0xE0) ? "audio/mpeg"
        : bytes.StartsWith("RIFF"u8) && bytes.Length > 11 && bytes[8..].StartsWith("WEBP"u8) ? "image/webp"
        : bytes.StartsWith("RIFF"u8) ? "audio/wav"
        : bytes.StartsWith("fLaC"u8) ? "audio/flac"
        : bytes.StartsWith("OggS"u8) ? "audio/ogg"
        : bytes is [0xFF, 0xD8, 0xFF, ..] ? "image/jpeg"
        : bytes is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] ? "image/png"
        : "application/octet-stream";

    private static byte[]? FromHex(string text)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // Some answers carry a data URL.
    private static byte[]? FromBase64(string text)
    {
        var plain = text.StartsWith("data:", StringComparison.Ordinal) ? text[(text.IndexOf(',', StringComparison.Ordinal) + 1)..] : text;
        return Base64.IsValid(plain) ? Convert.FromBase64String(plain) : null;
    }
}
