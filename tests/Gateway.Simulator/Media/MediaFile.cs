using System.Text;

namespace Gateway.Simulator;

/// <summary>
/// A made-up file: the opening its format is known by, the text it was made from, then filler up to its size.
/// Made anew for each reader, so that thousands of results cost no memory.
/// </summary>
internal sealed record MediaFile(string Format, string Text, int Length)
{
    public string ContentType => TypeOf(Format);

    public static string TypeOf(string format) => format switch
    {
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        "jpeg" or "jpg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "wav" or "pcmu_wav" => "audio/wav",
        "flac" => "audio/flac",
        "opus" => "audio/ogg",
        "txt" => "text/plain",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    };

    public byte[] Content()
    {
        byte[] opening = [.. Opening(Format), .. Encoding.UTF8.GetBytes(Text)];
        Array.Resize(ref opening, Math.Max(Length, opening.Length));
        return opening;
    }

    private static byte[] Opening(string format) => format switch
    {
        "mp4" => [0, 0, 0, 0x18, .. "ftypisom"u8, 0, 0, 2, 0, .. "isommp42"u8],
        "jpeg" => [0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10, .. "JFIF"u8, 0],
        "mp3" => [.. "ID3"u8, 4, 0, 0, 0, 0, 0, 0],
        "wav" or "pcmu_wav" => [.. "RIFF\0\0\0\0WAVEfmt "u8],
        "flac" => [.. "fLaC"u8],
        "opus" => [.. "OggS"u8],
        _ => [],
    };
}
