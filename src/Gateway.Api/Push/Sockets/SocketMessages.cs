using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Api.Views;
using Gateway.Model;
using Gateway.Model.Jobs;

namespace Gateway.Api.Push.Sockets;

/// <summary>What a client may say.</summary>
/// <param name="Type"><c>auth</c>, <c>subscribe</c>, <c>unsubscribe</c> or <c>ping</c>.</param>
/// <param name="Token">Of <c>auth</c>.</param>
/// <param name="Jobs">Of <c>subscribe</c> and <c>unsubscribe</c>.</param>
/// <param name="After">Of <c>subscribe</c>: the last seq seen, by job; without it a job's whole history.</param>
internal sealed record SocketRequest(string? Type, string? Token, IReadOnlyList<string>? Jobs, IReadOnlyDictionary<string, long>? After);

/// <summary>What a client is told.</summary>
internal sealed record SocketMessage(string Type)
{
    public static readonly SocketMessage Ready = new("ready");
    public static readonly SocketMessage Pong = new("pong");

    public string? Event { get; init; }

    public long? Seq { get; init; }

    public JobView? Job { get; init; }

    public IReadOnlyList<string>? Jobs { get; init; }

    public string? Code { get; init; }

    public string? Message { get; init; }

    /// <summary>The job an error is about.</summary>
    public string? JobId { get; init; }

    public static SocketMessage Of(ToldEvent told, JobView view) => new("event") { Event = told.Name, Seq = told.Seq, Job = view };

    public static SocketMessage Error(string code, string message, string? jobId = null) =>
        new("error") { Code = code, Message = message, JobId = jobId };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 8)]
[JsonSerializable(typeof(SocketRequest))]
internal sealed partial class SocketRequestJson : JsonSerializerContext;

// A job's own nulls are part of its JSON: what is absent here is said field by field.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JobView))]
internal sealed partial class SocketJobJson : JsonSerializerContext
{
    /// <summary>As the gateway writes.</summary>
    public static SocketJobJson Own => field ??= new(OwnJson.Like(Default.Options));
}

internal static class SocketText
{
    /// <summary>A request as it came; null for what is none.</summary>
    public static SocketRequest? Read(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, SocketRequestJson.Default.SocketRequest);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public static byte[] Write(SocketMessage message)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = OwnJson.Encoder }))
        {
            writer.WriteStartObject();
            writer.WriteString("type", message.Type);
            if (message.Event is { } name) writer.WriteString("event", name);
            if (message.Seq is { } seq) writer.WriteNumber("seq", seq);
            if (message.Job is { } job)
            {
                writer.WritePropertyName("job");
                JsonSerializer.Serialize(writer, job, SocketJobJson.Own.JobView);
            }

            if (message.Jobs is { } jobs)
            {
                writer.WriteStartArray("jobs");
                foreach (var id in jobs) writer.WriteStringValue(id);
                writer.WriteEndArray();
            }

            if (message.Code is { } code) writer.WriteString("code", code);
            if (message.Message is { } text) writer.WriteString("message", text);
            if (message.JobId is { } about) writer.WriteString("job", about);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
