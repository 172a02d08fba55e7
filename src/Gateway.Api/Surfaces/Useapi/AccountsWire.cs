using System.Text.Json.Serialization;
using Gateway.Model;

namespace Gateway.Api.Surfaces.Useapi;

/// <summary>An account as useapi.net's clients know it (docs/minimax.md, "Accounts at useapi.net"), and what the gateway adds.</summary>
internal sealed record AccountAnswer
{
    public required string Account { get; init; }

    /// <summary>Absent for a platform key that is no JWT.</summary>
    public AccountJwt? Jwt { get; init; }

    public required int MaxJobs { get; init; }

    public required bool SupportVideo { get; init; }

    public required bool SupportChat { get; init; }

    public required bool SupportAudio { get; init; }

    public required bool SupportMusic { get; init; }

    public required string Driver { get; init; }

    /// <summary>Host and port of the upstream.</summary>
    public required string Host { get; init; }

    /// <summary>Where the upstream is called: the root of what was posted.</summary>
    public required string Url { get; init; }

    /// <summary>The account this id is another name of: slots, credits and settings are that one's.</summary>
    public string? SharesWith { get; init; }

    public string? Name { get; init; }

    public long? DailyCredits { get; init; }

    public required string TimeZone { get; init; }

    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Set when the account is not usable, and says why.</summary>
    public string? Error { get; init; }

    /// <summary>What asking the upstream about the credential found; in the answer to a <c>POST</c> alone.</summary>
    public KeyFinding? Validation { get; init; }
}

internal sealed record AccountJwt
{
    /// <summary>Shortened: enough to recognise, useless to a thief.</summary>
    public required string Token { get; init; }

    public double? Exp { get; init; }

    public double? Iat { get; init; }

    public required string Host { get; init; }

    [JsonPropertyName("iat_Issued")]
    public string? IatIssued { get; init; }

    [JsonPropertyName("exp_Expire")]
    public string? ExpExpire { get; init; }
}

internal sealed record UseapiError(string Error, int Code);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AccountAnswer))]
[JsonSerializable(typeof(Dictionary<string, AccountAnswer>))]
[JsonSerializable(typeof(UseapiError))]
internal sealed partial class UseapiJson : JsonSerializerContext
{
    /// <summary>As the gateway writes.</summary>
    public static UseapiJson Own => field ??= new(OwnJson.Like(Default.Options));
}
