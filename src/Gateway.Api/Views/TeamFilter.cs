using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Model.Ids;

namespace Gateway.Api.Views;

/// <summary>Whose jobs a read spans.</summary>
internal static class TeamFilter
{
    /// <summary>A team sees its own; an admin's read spans all teams (null) unless one is named.</summary>
    public static TeamId? Of(IQueryCollection query, Caller caller)
    {
        if (!caller.IsAdmin) return caller.Team;
        if (query["team"].ToString() is not { Length: > 0 } text) return null;
        return TeamId.TryParse(text, out var team) ? team : throw new ApiException(ApiError.Field("team", "must be the id of a team"));
    }
}
