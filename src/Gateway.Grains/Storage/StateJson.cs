using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Gateway.Grains.Accounts;
using Gateway.Grains.Assets;
using Gateway.Grains.Jobs;
using Gateway.Grains.Teams;

namespace Gateway.Grains.Storage;

/// <summary>How states are written into their rows. Fields may be added; a field's meaning never changes (rolling upgrades).</summary>
/// <remarks>What is computed from other fields is not written: it would only make hot rows longer.</remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(AccountState))]
[JsonSerializable(typeof(JobState))]
[JsonSerializable(typeof(Asset))]
[JsonSerializable(typeof(StoredAnswer))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(TeamLimits), TypeInfoPropertyName = "Limits")]
internal sealed partial class StateJson : JsonSerializerContext
{
    public static string Write(AccountState account) => JsonSerializer.Serialize(account, Default.AccountState);

    public static string Write(JobState job) => JsonSerializer.Serialize(job, Default.JobState);

    public static string Write(Asset asset) => JsonSerializer.Serialize(asset, Default.Asset);

    public static string? Write(StoredAnswer? answer) => answer is null ? null : JsonSerializer.Serialize(answer, Default.StoredAnswer);

    public static string Write(string[] values) => JsonSerializer.Serialize(values, Default.StringArray);

    public static string? Write(TeamLimits limits) => limits == TeamLimits.None ? null : JsonSerializer.Serialize(limits, Default.Limits);

    public static AccountState ReadAccount(string json, long version) =>
        JsonSerializer.Deserialize(json, Default.AccountState)! with { Version = version };

    public static JobState ReadJob(string json, long version) =>
        JsonSerializer.Deserialize(json, Default.JobState)! with { Version = version };

    public static Asset ReadAsset(string json) => JsonSerializer.Deserialize(json, Default.Asset)!;

    public static StoredAnswer? ReadAnswer(string? json) => json is null ? null : JsonSerializer.Deserialize(json, Default.StoredAnswer);

    public static TeamLimits ReadLimits(string? json) => json is null ? TeamLimits.None : JsonSerializer.Deserialize(json, Default.Limits)!;

    public static string[] ReadStrings(string json) => JsonSerializer.Deserialize(json, Default.StringArray) ?? [];
}

/// <summary>Writes states as UTF-8 into one buffer used again and again; what it answers holds until the next write.</summary>
internal sealed class StateWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly Utf8JsonWriter _writer;

    public StateWriter() => _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true });

    public ReadOnlySpan<byte> Write(AccountState account) => Write(account, StateJson.Default.AccountState);

    public ReadOnlySpan<byte> Write(JobState job) => Write(job, StateJson.Default.JobState);

    public void Dispose() => _writer.Dispose();

    private ReadOnlySpan<byte> Write<T>(T state, JsonTypeInfo<T> type)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        JsonSerializer.Serialize(_writer, state, type);
        return _buffer.WrittenSpan;
    }
}
