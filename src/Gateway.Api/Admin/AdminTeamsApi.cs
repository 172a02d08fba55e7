using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Http;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Teams;
using Gateway.Model.Ids;
using Gateway.Model.Teams;

namespace Gateway.Api.Admin;

/// <summary>Teams.</summary>
internal static class AdminTeamsApi
{
    public const int LargestBody = 64 * 1024;

    public static void MapAdminTeams(this IEndpointRouteBuilder routes)
    {
        var teams = routes.MapGroup("/v1/admin/teams").ForAdmins(ProblemDialect.Instance).WithTags("Admin");
        teams.MapPost("", CreateAsync).WithName("CreateTeam");
        teams.MapGet("", ListAsync).WithName("ListTeams");
        teams.MapPatch("/{team}", PatchAsync).WithName("PatchTeam");
    }

    private static async Task<IResult> CreateAsync(HttpContext context, Caller caller, TeamGrain teams, CancellationToken cancellationToken)
    {
        var asked = TeamFields.Read(await context.Request.ReadBodyAsync(LargestBody, cancellationToken));
        if (!asked.Name.IsSet)
            throw new ApiException(ApiError.Field("name", $"must be a string of 1 to {TeamState.MaxNameLength} characters"));
        var team = await UniqueAsync(
            () =>
                teams.CreateAsync(
                    asked.Name.Value, asked.Weight.Or(1), asked.Limits.Apply(TeamLimits.None), caller.Name, cancellationToken));
        return Results.Json(TeamView.Of(team), AdminJson.Own.TeamView, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> PatchAsync(
        string team, HttpContext context, Caller caller, TeamGrain teams, CancellationToken cancellationToken)
    {
        var patch = TeamFields.Read(await context.Request.ReadBodyAsync(LargestBody, cancellationToken));
        if (!TeamId.TryParse(team, out var id)
            || await UniqueAsync(() => teams.ChangeAsync(id, patch, caller.Name, cancellationToken)) is not { } changed)
            throw NotFound;
        return Results.Json(TeamView.Of(changed), AdminJson.Own.TeamView);
    }

    private static async Task<T> UniqueAsync<T>(Func<Task<T>> save)
    {
        try
        {
            return await save();
        }
        catch (StoreException taken) when (taken.Failure is StoreFailure.Refused or StoreFailure.Taken)
        {
            throw new ApiException(
                new ApiError(409, "team_name_taken", "There is a team of this name.", [new FieldError("name", "must be unique")]));
        }
    }

    public static ApiException NotFound =>
        new(new ApiError(404, "team_not_found", "There is no such team.", [new FieldError("team", "must be the id of a team")]));

    private static async Task<IResult> ListAsync(IQueryStore queries, CancellationToken cancellationToken) =>
        Results.Json(new TeamsView([.. (await queries.TeamsAsync(cancellationToken)).Select(TeamView.Of)]), AdminJson.Own.TeamsView);
}
