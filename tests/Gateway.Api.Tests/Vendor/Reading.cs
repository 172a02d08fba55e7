using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;

namespace Gateway.Api.Tests.Vendor;

/// <summary>Answers of the gateway as a client would read them.</summary>
internal static class Reading
{
    /// <summary>An error: by its status, by its verdict, or by what an error is called in any frame of it.</summary>
    public static bool IsError(Answer answer) => answer.Status >= 400 || Documents(answer.Body).Any(IsErrorDocument);

    /// <summary>What says that it is gzip'd is unpacked, and what does not say so must not be.</summary>
    public static Answer Unpacked(Answer answer)
    {
        if (answer.Header("Content-Encoding") != "gzip") return answer;
        using var packed = new GZipStream(new MemoryStream(answer.Bytes), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        packed.CopyTo(whole);
        return answer with { Body = Encoding.UTF8.GetString(whole.ToArray()), Bytes = whole.ToArray() };
    }

    /// <summary>
    /// What was said: of a stream its frames, without the gateway's own marks, which differ from one telling to the next.
    /// </summary>
    public static string Said(Answer answer) =>
        answer.Body.Split('\n').Where(line => line.StartsWith("data:", StringComparison.Ordinal)).ToList() is { Count: > 0 } frames
            ? string.Join('\n', frames)
            : answer.Body;

    /// <summary>Its beginning, for a message.</summary>
    public static string Start(Answer answer) => $"{answer.Status} {answer.Body[..Math.Min(answer.Body.Length, 300)]}";

    private static bool IsErrorDocument(JsonObject document) =>
        document["error"] is not null
            || document["type"]?.ToString() == "error"
            || document["base_resp"]?["status_code"]?.ToString() is not (null or "0");

    private static IEnumerable<JsonObject> Documents(string body) =>
        body.Split('\n')
            .Select(line => line.StartsWith("data:", StringComparison.Ordinal) ? line[5..] : line)
            .Where(line => line.TrimStart().StartsWith('{'))
            .Select(line => JsonNode.Parse(line) as JsonObject).OfType<JsonObject>();
}
