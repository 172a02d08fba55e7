using System.Text.Json;
using Gateway.Api.Http;
using Gateway.Model.Teams;

namespace Gateway.Api.Admin;

/// <summary>Reads what a <c>POST</c> and a <c>PATCH</c> say of a team.</summary>
internal static class TeamFields
{
    public static TeamPatch Read(byte[] body) => JsonObjectReader.Fields(body).Fold(new TeamPatch(), (patch, field) => field.Name switch
    {
        "name" => patch with { Name = field.Text(body, TeamState.MaxNameLength) },
        "weight" => patch with { Weight = (int)field.Integer(body, 1, TeamState.MaxWeight) },
        "limits" => patch with { Limits = ReadLimits(field, body) },
        _ => throw new ApiException(ApiError.Field(field.Name, "is no field of a team; the fields are name, weight, limits")),
    });

    private static TeamLimitsPatch ReadLimits(JsonObjectReader.Field limits, byte[] body)
    {
        if (limits.Type == JsonTokenType.Null) return TeamLimitsPatch.ToNone;
        if (limits.Type != JsonTokenType.StartObject)
            throw new ApiException(ApiError.Field("limits", "must be an object, or null for none"));
        var inner = body[limits.Bytes];
        return JsonObjectReader.Fields(inner).Fold(new TeamLimitsPatch(), (read, field) => field.Name switch
        {
            "maxRunning" => read with { MaxRunning = (int?)Limit(field, inner, 1, TeamLimits.MostRunning) },
            "maxQueued" => read with { MaxQueued = (int?)Limit(field, inner, 0, TeamLimits.MostQueued) },
            "dailyCredits" => read with { DailyCredits = Limit(field, inner, 0, TeamLimits.MostCredits) },
            "requestsPerMinute" => read with { RequestsPerMinute = (int?)Limit(field, inner, 1, TeamLimits.MostRequestsPerMinute) },
            "class" => read with { Class = (int?)Limit(field, inner, 1, TeamLimits.HighestClass) },
            _ =>
                throw new ApiException(
                    ApiError.Field(
                        $"limits.{field.Name}",
                        "is no limit; the limits are maxRunning, maxQueued, dailyCredits, requestsPerMinute, class")),
        });
    }

    private static long? Limit(JsonObjectReader.Field field, byte[] limits, long least, long most) =>
        field.Type == JsonTokenType.Null ? null
        : field.TryInteger(limits, least, most)
            ?? throw new ApiException(
                ApiError.Field($"limits.{field.Name}", $"must be an integer from {least} to {most}, or null for no limit"));
}
