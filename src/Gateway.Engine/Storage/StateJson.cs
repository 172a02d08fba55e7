using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Model.Accounts;
using Gateway.Model.Assets;
using Gateway.Model.Jobs;
using Gateway.Model.Teams;

namespace Gateway.Engine.Storage;

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
