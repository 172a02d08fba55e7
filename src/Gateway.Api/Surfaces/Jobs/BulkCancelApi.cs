using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Http;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Grains.Jobs;
using Gateway.Model;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>Cancels by filter: a team its own jobs, an admin anybody's.</summary>
internal static class BulkCancelApi
{
    private const int LargestBody = 64 * 1024;

    private const string OwnFields = "status, kind, model, before";

    private const string AdminFields = OwnFields + ", team, account, lane";

    public static async Task<IResult> CancelOwnAsync(
        HttpContext context, Caller caller, BulkCancel bulk, CancellationToken cancellationToken)
    {
        var filter = Read(await context.Request.ReadBodyAsync(LargestBody, cancellationToken), isAdmin: false);
        return await AnswerAsync(bulk, filter with { Team = caller.Team }, cancellationToken);
    }

    public static async Task<IResult> CancelAnyAsync(
        HttpContext context, Caller caller, BulkCancel bulk, JobGrain jobs, CancellationToken cancellationToken)
    {
        var body = await context.Request.ReadBodyAsync(LargestBody, cancellationToken);
        var filter = Read(body, isAdmin: true);
        await jobs.AuditAsync(caller.Name, "jobs.cancel", "jobs", Describe(filter), cancellationToken);
        return await AnswerAsync(bulk, filter, cancellationToken);
    }

    private static readonly JobFilter Everything = new(null, null, null, null, null, Limit: 1);

    private static async Task<IResult> AnswerAsync(BulkCancel bulk, JobFilter filter, CancellationToken cancellationToken)
    {
        var (cancelled, isMore) = await bulk.RunAsync(filter, cancellationToken);
        return Results.Json(new CancelledView(cancelled, isMore), CancelJson.Own.CancelledView);
    }

    private static string Describe(JobFilter filter) => filter == Everything ? "all" : string.Join(", ", new[]
    {
        ("status", filter.Status?.Name), ("kind", filter.Kind?.Name), ("model", filter.Model), ("before", filter.Before?.ToString()),
        ("team", filter.Team?.Value), ("account", filter.Account?.Value), ("lane", filter.Lane),
    }.Where(part => part.Item2 is not null).Select(part => $"{part.Item1}={part.Item2}"));

    // Nobody cancels paid work by an empty body: who means everything says so.
    private static JobFilter Read(byte[] body, bool isAdmin)
    {
        var fields = body.Length == 0 ? [] : JsonObjectReader.Fields(body);
        if (fields is [{ Name: "all", Type: JsonTokenType.True }]) return Everything;
        return fields.Fold(Everything, (filter, field) => Take(filter, field, body, isAdmin), _ => MissingIn(fields, isAdmin));
    }

    private static IEnumerable<FieldError> MissingIn(List<JsonObjectReader.Field> fields, bool isAdmin) =>
        fields.Count > 0
            ? []
            : [
                new FieldError(
                    "filter",
                    $"must name at least one of {(isAdmin ? AdminFields : OwnFields)}; {{\"all\":true}} cancels every job that has not " +
                        $"ended")];

    private static JobFilter Take(JobFilter filter, JsonObjectReader.Field field, byte[] body, bool isAdmin) => field.Name switch
    {
        "status" => filter with { Status = StatusOf(field, body) },
        "kind" =>
            filter with
            {
                Kind = JobNames.TryParseKind(field.Text(body, 16), out var kind)
                    ? kind
                    : throw Wrong(field, $"must be one of {string.Join(", ", JobNames.AllKinds)}"),
            },
        "model" => filter with { Model = field.Text(body, Work.MaxModelLength) },
        "before" =>
            filter with
            {
                Before = JobIdSource.FirstAt(
                    Instants.TryParse(field.Text(body, Instants.MaxLength), out var at) ? at : throw Wrong(field, Instants.Rule)),
            },
        "team" when isAdmin =>
            filter with
            {
                Team = TeamId.TryParse(field.Text(body, TeamId.MaxLength), out var team)
                    ? team
                    : throw Wrong(field, "must be the id of a team"),
            },
        "account" when isAdmin =>
            filter with
            {
                Account = AccountId.TryParse(field.Text(body, AccountId.MaxLength), out var account)
                    ? account
                    : throw Wrong(field, "must be an account id of 1 to 32 digits"),
            },
        "lane" when isAdmin => filter with { Lane = LaneFilter.Read(field, body) },
        "all" => throw Wrong(field, "must be true, and stand alone"),
        _ => throw Wrong(field, $"is no field of a filter; the fields are {(isAdmin ? AdminFields : OwnFields)}, or all"),
    };

    private static JobStatus StatusOf(JsonObjectReader.Field field, byte[] body) =>
        JobNames.TryParseStatus(field.Text(body, 16), out var status) && !status.IsTerminal
            ? status
            : throw Wrong(field, "must be one of queued, submitting, running, unknown");

    private static ApiException Wrong(JsonObjectReader.Field field, string rule) => new(ApiError.Field(field.Name, rule));
}

/// <param name="Cancelled">How many were cancelled, or will be as soon as their request has been answered.</param>
/// <param name="More">Whether the same again may cancel more.</param>
internal sealed record CancelledView(int Cancelled, bool More);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CancelledView))]
internal sealed partial class CancelJson : JsonSerializerContext
{
    /// <summary>As the gateway writes.</summary>
    public static CancelJson Own => field ??= new(OwnJson.Like(Default.Options));
}
