using System.Globalization;
using System.Text.Json;
using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Grains.Storage;
using Gateway.Grains.Teams;

namespace Gateway.Api.Admin;

/// <summary>Teams and their tokens.</summary>
internal static class AdminTeamsApi
{
    private const int LargestBody = 64 * 1024;

    public static void MapAdminTeams(this IEndpointRouteBuilder routes)
    {
        var teams = routes.MapGroup("/v1/admin/teams").ForAdmins(ProblemDialect.Instance).WithTags("Admin");
        teams.MapPost("", CreateAsync).WithName("CreateTeam");
        teams.MapGet("", ListAsync).WithName("ListTeams");
        teams.MapPatch("/{team}", PatchAsync).WithName("PatchTeam");
        teams.MapPost("/{team}/tokens", CreateTokenAsync).WithName("CreateTeamToken");
    }

    private static async Task<IResult> CreateAsync(HttpContext context, Caller caller, TeamGrain teams, CancellationToken cancellationToken)
    {
        var asked = TeamFields.Read(await context.Request.ReadBodyAsync(LargestBody, cancellationToken));
        if (!asked.Name.IsSet) throw new ApiException(ApiError.Field("name", $"must be a string of 1 to {TeamState.MaxNameLength} characters"));
        var team = await UniqueAsync(() => teams.CreateAsync(asked.Name.Value, asked.Weight.Or(1), asked.Limits.Or(TeamLimits.None), caller.Name, cancellationToken));
        return Results.Json(TeamView.Of(team), AdminJson.Default.TeamView, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> PatchAsync(string team, HttpContext context, Caller caller, TeamGrain teams, CancellationToken cancellationToken)
    {
        var patch = TeamFields.Read(await context.Request.ReadBodyAsync(LargestBody, cancellationToken));
        if (!TeamId.TryParse(team, out var id) || await UniqueAsync(() => teams.ChangeAsync(id, patch, caller.Name, cancellationToken)) is not { } changed) throw NotFound;
        return Results.Json(TeamView.Of(changed), AdminJson.Default.TeamView);
    }

    private static async Task<T> UniqueAsync<T>(Func<Task<T>> save)
    {
        try
        {
            return await save();
        }
        catch (StoreException taken) when (taken.Failure is StoreFailure.Refused or StoreFailure.Taken)
        {
            throw new ApiException(new ApiError(409, "team_name_taken", "There is a team of this name.", [new FieldError("name", "must be unique")]));
        }
    }

    private static ApiException NotFound => new(new ApiError(404, "team_not_found", "There is no such team.", [new FieldError("team", "must be the id of a team")]));

    private static async Task<IResult> ListAsync(IQueryStore queries, CancellationToken cancellationToken) =>
        Results.Json(new TeamsView([.. (await queries.TeamsAsync(cancellationToken)).Select(TeamView.Of)]), AdminJson.Default.TeamsView);

    private static async Task<IResult> CreateTokenAsync(string team, HttpContext context, Caller caller, TeamGrain teams, IQueryStore queries, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await context.Request.ReadBodyAsync(LargestBody, cancellationToken);
        var (scopes, expiresAt) = ReadToken(body, time.GetUtcNow());
        if (!TeamId.TryParse(team, out var id) || await queries.TeamAsync(id, cancellationToken) is not { } found) throw NotFound;

        var (token, secret) = await teams.CreateTokenAsync(found.Id, scopes, expiresAt, caller.Name, cancellationToken);
        var view = new TokenView(token.Id, secret, found.Id.Value, token.Scopes, token.CreatedAt, token.ExpiresAt);
        return Results.Json(view, AdminJson.Default.TokenView, statusCode: StatusCodes.Status201Created);
    }

    // An empty body asks for a plain token.
    private static (string[] Scopes, DateTimeOffset? ExpiresAt) ReadToken(byte[] body, DateTimeOffset now)
    {
        string[] scopes = [];
        DateTimeOffset? expiresAt = null;
        foreach (var field in body.Length == 0 ? [] : JsonObjectReader.Fields(body))
        {
            switch (field.Name)
            {
                case "scopes": scopes = ReadScopes(field, body); break;
                case "expiresAt" when field.Type == JsonTokenType.Null: break;
                case "expiresAt": expiresAt = ReadExpiry(field, body, now); break;
                default: throw new ApiException(ApiError.Field(field.Name, "is no field of a token; the fields are scopes, expiresAt"));
            }
        }

        return (scopes, expiresAt);
    }

    private static string[] ReadScopes(JsonObjectReader.Field field, byte[] body)
    {
        var scopes = field.Texts(body);
        return scopes is not null && scopes.All(Scopes.All.Contains)
            ? [.. scopes.Distinct()]
            : throw new ApiException(ApiError.Field("scopes", $"must be a list of {string.Join(", ", Scopes.All)}"));
    }

    private static DateTimeOffset ReadExpiry(JsonObjectReader.Field field, byte[] body, DateTimeOffset now) =>
        DateTimeOffset.TryParse(field.Text(body, 64), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) && at > now
            ? at
            : throw new ApiException(ApiError.Field("expiresAt", "must be an ISO 8601 instant in the future"));
}
