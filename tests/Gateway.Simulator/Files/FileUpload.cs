using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Gateway.Simulator;

/// <summary>A multipart upload, taken apart.</summary>
internal sealed record FileUpload(string Purpose, string FileName, byte[] Content)
{
    private const int Megabyte = 1024 * 1024;

    private static readonly string[] Purposes =
        ["voice_clone", "prompt_audio", "t2a_async_input", "video_understanding", "video_generation_input"];

    public static async Task<FileUpload> ReadAsync(Exchange exchange)
    {
        var upload = new FileUpload("", "", []);
        if (Boundary(exchange.Request) is not { } boundary)
        {
            return upload;
        }

        var reader = new MultipartReader(boundary, new MemoryStream(exchange.Body));
        try
        {
            while (await reader.ReadNextSectionAsync() is { } section)
            {
                upload = await WithAsync(upload, section);
            }
        }
        catch (IOException)
        {
            // Cut off in the middle: what was read so far is judged like any other upload.
        }

        return upload;
    }

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Fault => this switch
    {
        _ when !Purposes.Contains(Purpose) => "invalid purpose",
        { FileName.Length: 0 } => "file is empty",
        { Content.Length: 0 } => "file is empty",
        _ when Content.Length > LargestFor(Extension) => $"file type or size not supported: {FileName}",
        _ => null,
    };

    /// <summary>The one case in which this path answers with a real status.</summary>
    public bool NonConforming => Purpose == "video_generation_input" && FileName.Length > 0;

    private string Extension => Path.GetExtension(FileName).TrimStart('.').ToLowerInvariant();

    private int LargestFor(string extension) => (Purpose, extension) switch
    {
        ("voice_clone" or "prompt_audio", "mp3" or "m4a" or "wav") => 20 * Megabyte,
        ("t2a_async_input", "txt" or "zip") => 100 * Megabyte,
        ("video_understanding", _) => 512 * Megabyte,
        ("video_generation_input", "jpg" or "jpeg" or "png" or "webp") => 30 * Megabyte,
        ("video_generation_input", "mp4" or "mov") => 50 * Megabyte,
        ("video_generation_input", "mp3" or "wav") => 15 * Megabyte,
        _ => 0,
    };

    private static string? Boundary(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
        && HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 } boundary
            ? boundary
            : null;

    private static async Task<FileUpload> WithAsync(FileUpload upload, MultipartSection section)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition))
        {
            return upload;
        }

        using var content = new MemoryStream();
        await section.Body.CopyToAsync(content);
        string name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
        return name switch
        {
            "purpose" => upload with { Purpose = Encoding.UTF8.GetString(content.ToArray()).Trim() },
            "file" => upload with { FileName = FileNameOf(disposition), Content = content.ToArray() },
            _ => upload,
        };
    }

    private static string FileNameOf(ContentDispositionHeaderValue disposition)
    {
        string? name = disposition.FileNameStar.HasValue
            ? disposition.FileNameStar.Value
            : HeaderUtilities.RemoveQuotes(disposition.FileName).Value;
        return Path.GetFileName(name ?? "");
    }
}
