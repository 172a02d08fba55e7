using System.Globalization;
using System.Text.Json;
using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Http;
using Gateway.Engine.Storage;
using Gateway.Grains.Teams;
using Gateway.Model.Ids;
using Gateway.Model.Teams;

namespace Gateway.Api.Admin;

/// <summary>The tokens of a team: made, shown once, listed without their secret, revoked.</summary>
internal static class AdminTokensApi
{
    public static void MapAdminTokens(this IEndpointRouteBuilder routes)
    {
        var tokens = routes.MapGroup("/v1/admin/teams/{team}/tokens").ForAdmins(ProblemDialect.Instance).WithTags("Admin");
        tokens.MapPost("", CreateAsync).WithName("CreateTeamToken");
        tokens.MapGet("", ListAsync).WithName("ListTeamTokens");
        tokens.MapDelete("/{token}", RevokeAsync).WithName("RevokeTeamToken");
    }

    private static async Task<IResult> CreateAsync(
        string team, HttpContext context, Caller caller, TeamGrain teams, IQueryStore queries, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var body = await context.Request.ReadBodyAsync(AdminTeamsApi.LargestBody, cancellationToken);
        var (scopes, expiresAt) = ReadToken(body, time.GetUtcNow());
        var found = await FindTeamAsync(team, queries, cancellationToken);
        var (token, secret) = await teams.CreateTokenAsync(found.Id, scopes, expiresAt, caller.Name, cancellationToken);
        return Results.Json(TokenView.Of(token, secret), AdminJson.Own.TokenView, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ListAsync(string team, IQueryStore queries, CancellationToken cancellationToken)
    {
        var found = await FindTeamAsync(team, queries, cancellationToken);
        var tokens = await queries.TokensAsync(found.Id, cancellationToken);
        return Results.Json(new TokensView([.. tokens.Select(token => TokenView.Of(token))]), AdminJson.Own.TokensView);
    }

    // Once more is no mistake: it is revoked either way.
    private static async Task<IResult> RevokeAsync(
        string team, string token, Caller caller, TeamGrain teams, IQueryStore queries, CancellationToken cancellationToken)
    {
        var found = await FindTeamAsync(team, queries, cancellationToken);
        if ((await queries.TokensAsync(found.Id, cancellationToken)).FirstOrDefault(row => row.Id == token) is not { } known)
            throw TokenNotFound;
        await teams.RevokeTokenAsync(known, caller.Name, cancellationToken);
        return Results.NoContent();
    }

    private static async Task<TeamState> FindTeamAsync(string team, IQueryStore queries, CancellationToken cancellationToken) =>
        TeamId.TryParse(team, out var id) && await queries.TeamAsync(id, cancellationToken) is { } found
            ? found
            : throw AdminTeamsApi.NotFound;

    private static ApiException TokenNotFound =>
        new(
            new ApiError(
                404, "token_not_found", "The team has no such token.", [new FieldError("token", "must be the id of a token of the team")]));

    // An empty body asks for a plain token.
    private static (string[] Scopes, DateTimeOffset? ExpiresAt) ReadToken(byte[] body, DateTimeOffset now)
    {
        var fields = body.Length == 0 ? [] : JsonObjectReader.Fields(body);
        return fields.Fold((Scopes: Array.Empty<string>(), ExpiresAt: (DateTimeOffset?)null), (read, field) => field.Name switch
        {
            "scopes" => (ReadScopes(field, body), read.ExpiresAt),
            "expiresAt" => (read.Scopes, field.Type == JsonTokenType.Null ? null : ReadExpiry(field, body, now)),
            _ => throw new ApiException(ApiError.Field(field.Name, "is no field of a token; the fields are scopes, expiresAt")),
        });
    }

    private static string[] ReadScopes(JsonObjectReader.Field field, byte[] body)
    {
        var scopes = field.Texts(body);
        return scopes is not null && scopes.All(Scopes.All.Contains)
            ? [.. scopes.Distinct()]
            : throw new ApiException(ApiError.Field("scopes", $"must be a list of {string.Join(", ", Scopes.All)}"));
    }

    private static DateTimeOffset ReadExpiry(JsonObjectReader.Field field, byte[] body, DateTimeOffset now) =>
        DateTimeOffset.TryParse(
            field.Text(body, 64), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var at)
            && at > now
            ? at
            : throw new ApiException(ApiError.Field("expiresAt", "must be an ISO 8601 instant in the future"));
}
