using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Http;
using Gateway.Api.Surfaces;
using Gateway.Engine.Storage;
using Gateway.Grains.Accounts;
using Gateway.Grains.Routing;
using Gateway.Model;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Queueing;

namespace Gateway.Api.Admin;

/// <summary>The queue as operators see it: what waits, what is paused, and both can be changed.</summary>
internal static class AdminQueueApi
{
    private const int LargestBody = 64 * 1024;

    /// <summary>Counting a queue stops here.</summary>
    private const int MostCounted = 10_000;

    public static void MapAdminQueue(this IEndpointRouteBuilder routes)
    {
        var queue = routes.MapGroup("/v1/admin/queue").ForAdmins(ProblemDialect.Instance).WithTags("Admin");
        queue.MapGet("", ShowAsync).WithName("AdminGetQueue");
        queue.MapPost(
            "/pause",
            (HttpContext context, Caller caller, QueueActions actions, CancellationToken cancellationToken) =>
                ChangeAsync(context, caller, actions, isPaused: true, cancellationToken)).WithName("AdminPauseQueue");
        queue.MapPost(
            "/resume",
            (HttpContext context, Caller caller, QueueActions actions, CancellationToken cancellationToken) =>
                ChangeAsync(context, caller, actions, isPaused: false, cancellationToken)).WithName("AdminResumeQueue");
    }

    private static async Task<IResult> ShowAsync(
        IQueryStore queries, QueuePauses pauses, Backlog backlog, CancellationToken cancellationToken)
    {
        await pauses.RefreshAsync(cancellationToken);
        var queues = await queries.QueuesAsync(cancellationToken);
        var lengths = await queries.LengthsAsync(queues, MostCounted, cancellationToken);
        var heads = (await queries.HeadsAsync(queues, limitEach: 1, cancellationToken)).ToDictionary(QueueKey.Of);
        var rows = queues.Zip(lengths).Where(row => heads.ContainsKey(row.First));
        List<LaneView> lanes =
        [
            .. rows.GroupBy(row => row.First.Lane).Select(lane => new LaneView(
                lane.Key, lane.Sum(row => row.Second), lane.Min(row => heads[row.First].WaitsSince), pauses.Find(lane.Key) is not null,
                [.. lane.Select(row => new LaneQueue(row.First.Team.Value, row.First.Priority, row.Second, heads[row.First].WaitsSince))])),
        ];
        var ready = lanes.Sum(lane => lane.Queued);
        var all = await queries.QueuedAsync(team: null, Math.Max(MostCounted, ready), cancellationToken);
        return Results.Json(
            new QueueView(
                ready,
                Math.Max(0, all - ready),
                backlog.CallsWaiting,
                [.. pauses.All.Select(pause => new PauseView(pause.Target, pause.Actor, pause.At))],
                lanes),
            QueueJson.Own.QueueView);
    }

    private static async Task<IResult> ChangeAsync(
        HttpContext context, Caller caller, QueueActions actions, bool isPaused, CancellationToken cancellationToken)
    {
        var body = await context.Request.ReadBodyAsync(LargestBody, cancellationToken);
        var fields = JsonObjectReader.Fields(body);
        if (fields is not [var field]) throw new ApiException(ApiError.Field("body", "must have exactly one of lane, account, all"));
        var done = field.Name switch
        {
            "all" when field.Type == JsonTokenType.True =>
                await actions.SetAsync(QueuePause.Everything, isPaused, caller, cancellationToken),
            "lane" => await actions.SetAsync(LaneFilter.Read(field, body), isPaused, caller, cancellationToken),
            "account" => await actions.SetAccountAsync(field.Text(body, AccountId.MaxLength), isPaused, caller, cancellationToken),
            _ =>
                throw new ApiException(
                    ApiError.Field(
                        field.Name, field.Name == "all" ? "must be true" : "is no field here; the fields are lane, account, all")),
        };
        return Results.Json(done, QueueJson.Own.PausedView);
    }
}

/// <summary>Pauses and resumes. A paused account is a drained one: it is the same promise, and shows in the same place.</summary>
internal sealed class QueueActions(QueuePauses pauses, AccountGrain accounts, RouterGrain router, Backlog backlog)
{
    public async Task<PausedView> SetAsync(string target, bool isPaused, Caller caller, CancellationToken cancellationToken)
    {
        if (isPaused) await pauses.PauseAsync(target, caller.Name, cancellationToken);
        else await pauses.ResumeAsync(target, caller.Name, cancellationToken);
        if (!isPaused) backlog.Wake();
        return new PausedView(target, isPaused);
    }

    public async Task<PausedView> SetAccountAsync(string account, bool isPaused, Caller caller, CancellationToken cancellationToken)
    {
        if (!AccountId.TryParse(account, out var id))
            throw new ApiException(ApiError.Field("account", "must be an account id of 1 to 32 digits"));
        var changed = await accounts.ChangeAsync(
            router.Resolve(id), caller.Name, isPaused ? "account.drain" : "account.resume",
            state => isPaused ? state.Drain() : state.Resume(), cancellationToken);
        return changed is null
            ? throw new ApiException(
                new ApiError(
                    404, "account_not_found", "There is no such account.", [new FieldError("account", "must be the id of an account")]))
            : new PausedView(account, isPaused);
    }
}

/// <param name="Queued">Jobs that are ready.</param>
/// <param name="Planned">Jobs that wait for their time or out a back-off.</param>
/// <param name="CallsWaiting">Calls that wait on this node.</param>
/// <param name="Pauses">What operators hold back.</param>
/// <param name="Lanes">What waits, by what it needs.</param>
internal sealed record QueueView(int Queued, int Planned, int CallsWaiting, IReadOnlyList<PauseView> Pauses, IReadOnlyList<LaneView> Lanes);

/// <param name="Target">A lane, or <c>*</c> for all.</param>
/// <param name="By">Who paused it.</param>
/// <param name="At">Since when.</param>
internal sealed record PauseView(string Target, string By, DateTimeOffset At);

/// <param name="Lane">Kind, pinned account and model.</param>
/// <param name="Queued">Jobs that are ready; each queue is counted up to 10,000.</param>
/// <param name="Oldest">Since when the oldest waits.</param>
/// <param name="Paused">Whether an operator holds it back.</param>
/// <param name="Queues">The same by team and priority.</param>
internal sealed record LaneView(string Lane, int Queued, DateTimeOffset Oldest, bool Paused, IReadOnlyList<LaneQueue> Queues);

internal sealed record LaneQueue(string Team, int Priority, int Queued, DateTimeOffset Oldest);

internal sealed record PausedView(string Target, bool Paused);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(QueueView))]
[JsonSerializable(typeof(PausedView))]
internal sealed partial class QueueJson : JsonSerializerContext
{
    /// <summary>As the gateway writes.</summary>
    public static QueueJson Own => field ??= new(OwnJson.Like(Default.Options));
}
