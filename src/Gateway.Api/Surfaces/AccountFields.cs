using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Api.Http;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Api.Surfaces;

/// <summary>Reads the settings of an account that a <c>POST</c> and a <c>PATCH</c> share.</summary>
internal static class AccountFields
{
    private const int MaxNameLength = 100;
    private const int MostModels = 200;
    private const long MostCredits = 1_000_000_000_000;

    /// <summary>Takes a field into the patch; null when the field is none of an account's settings.</summary>
    public static AccountPatch? Read(AccountPatch patch, JsonObjectReader.Field field, ReadOnlySpan<byte> body) => field.Name switch
    {
        "maxJobs" => patch with { MaxJobs = (int)field.Integer(body, AccountSpec.LeastMaxJobs, AccountSpec.MostMaxJobs) },
        "dailyCredits" =>
            patch with
            {
                DailyCredits = field.Type == JsonTokenType.Null
                    ? new Optional<long?>(true, null)
                    : new Optional<long?>(true, field.Integer(body, 0, MostCredits)),
            },
        "timeZone" => patch with { TimeZone = Zone(field, body) },
        "name" =>
            patch with
            {
                Name = field.Type == JsonTokenType.Null
                    ? new Optional<string?>(true, null)
                    : new Optional<string?>(true, field.Text(body, MaxNameLength)),
            },
        "models" => patch with { Models = new Optional<ImmutableArray<string>?>(true, Models(field, body)) },
        "enabled" => patch with { Enabled = Flag(field) },
        "reservedForCalls" => patch with { ReservedForCalls = (int)field.Integer(body, 0, AccountSpec.MostMaxJobs) },
        "groupId" => patch with { GroupId = new Optional<string?>(true, Group(field, body)) },
        _ => null,
    };

    // It becomes part of a query: digits, as the upstream's own are.
    private static string? Group(JsonObjectReader.Field field, ReadOnlySpan<byte> body)
    {
        if (field.Type == JsonTokenType.Null) return null;
        var group = field.Text(body, AccountId.MaxLength);
        return group.Length > 0 && group.All(char.IsAsciiDigit)
            ? group
            : throw new ApiException(ApiError.Field("groupId", $"must be 1 to {AccountId.MaxLength} digits"));
    }

    private static string Zone(JsonObjectReader.Field field, ReadOnlySpan<byte> body)
    {
        var zone = field.Text(body, 64);
        return LocalDay.IsZone(zone)
            ? zone
            : throw new ApiException(ApiError.Field("timeZone", "must be an IANA time zone, such as 'Europe/Berlin'"));
    }

    public static bool Flag(JsonObjectReader.Field field) => field.Type switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw new ApiException(ApiError.Field(field.Name, "must be true or false")),
    };

    // Null, or an empty list, takes the list away: any model is accepted then.
    private static ImmutableArray<string>? Models(JsonObjectReader.Field field, ReadOnlySpan<byte> body)
    {
        if (field.Type == JsonTokenType.Null) return null;
        var models = field.Texts(body);
        return models?.Count <= MostModels
            && models.All(model => model.Length is >= 1 and <= Work.MaxModelLength && !model.Any(char.IsControl))
            ? models.Count == 0 ? null : [.. models]
            : throw new ApiException(
                ApiError.Field("models", $"must be a list of at most {MostModels} model names of 1 to {Work.MaxModelLength} characters"));
    }
}
