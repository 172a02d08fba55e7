using System.Text.Json;
using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Views;
using Gateway.Engine.Notifiers;
using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Queueing;

namespace Gateway.Api.Push;

/// <summary>
/// All events of a team as server-sent events: from now on, or after the event a client has seen. Its ids are places in the
/// feed that nothing can come before any more (P2).
/// </summary>
internal sealed class FeedStream(
    JobNotifier notifier, IFeedStore feed, JobsMapping mapping, JobWaiter waiter, IRandom random, TimeProvider time)
{
    private const int PageSize = 64;
    // What is held back has no hint of its own: the transaction it waits for may be anybody's.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/events", OpenAsync)
            .ForCallers(ProblemDialect.Instance)
            .Takes("after", "team")
            .WithTags("Jobs")
            .WithName("StreamEvents");

    private static IResult OpenAsync(HttpContext context, Caller caller, FeedStream stream) =>
        new Opened(stream, caller, TeamFilter.Of(context.Request.Query, caller), LastEventId(context.Request));

    private static FeedCursor? LastEventId(HttpRequest request)
    {
        var text = request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } header ? header : request.Query["after"].ToString();
        if (text.Length == 0) return null;
        return FeedCursor.TryParse(text, out var cursor)
            ? cursor
            : throw new ApiException(ApiError.Field("Last-Event-ID", "must be the id of an event of this feed"));
    }

    private async Task SendAsync(HttpContext context, Caller caller, TeamId? team, FeedCursor? seen)
    {
        var cancellationToken = context.RequestAborted;
        using var subscription = notifier.Subscribe(team);
        var (after, missed) = await StartAsync(seen, cancellationToken);
        var stream = new SseStream(context, caller, time);
        // Whoever has missed something gets no id before an event has told him so: cut before it, he must come back as the one he was.
        await stream.BeginAsync(random, missed ? null : after.ToString());
        while (await stream.GoesOnAsync())
        {
            var moved = subscription.NextMove();
            var page = await feed.AfterAsync(team, after, PageSize, cancellationToken);
            foreach (var next in page.Events)
            {
                var view = await mapping.ViewAsync(
                    new ToldEvent(next.Change.State, next.Change.At, IsSnapshot: missed), caller, cancellationToken);
                await stream.SendAsync(
                    next.Cursor.ToString(), EventNames.Of(next.Change.Status), JsonSerializer.Serialize(view, JobsJson.Own.JobView));
                (after, missed) = (next.Cursor, false);
            }

            if (page.Events.Count == PageSize) continue;
            if (!await IsMovedAsync(stream, page.IsHeldBack ? Task.Delay(LookAgain, time, cancellationToken) : moved, cancellationToken))
                return;
        }
    }

    // False when the stream ends: its caller's right to it, or this node; the client comes back with its Last-Event-ID.
    private async Task<bool> IsMovedAsync(SseStream stream, Task moved, CancellationToken cancellationToken)
    {
        while (!await waiter.WaitAsync(moved, SseStream.Tick, cancellationToken))
            if (waiter.IsStopping || !await stream.GoesOnAsync()) return false;
        return true;
    }

    // An id beyond the feed's end was given by another database: waiting for what comes after it would lose what comes before.
    private async Task<(FeedCursor After, bool Missed)> StartAsync(FeedCursor? seen, CancellationToken cancellationToken)
    {
        var head = await feed.HeadAsync(cancellationToken);
        if (seen is not { } last || last.Feed > head.Feed) return (head, Missed: seen is not null);
        return (last, Missed: last.CompareTo(await feed.PrunedAsync(cancellationToken)) < 0);
    }

    private sealed class Opened(FeedStream owner, Caller caller, TeamId? team, FeedCursor? seen) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => owner.SendAsync(httpContext, caller, team, seen);
    }
}
