using System.Collections.Concurrent;
using System.Net.WebSockets;
using Gateway.Api.Auth;
using Gateway.Api.Surfaces;
using Gateway.Api.Surfaces.Jobs;
using Gateway.Grains.Jobs;
using Gateway.Grains.Storage;

namespace Gateway.Api.Push.Sockets;

/// <summary>What every socket needs.</summary>
internal sealed record SocketServices(JobEvents Events, JobsMapping Mapping, Authenticator Authenticator, JobWaiter Waiter, TimeProvider Time);

/// <summary>One client's socket: a thin adapter over the subscriptions that server-sent events use too.</summary>
internal sealed class JobSocket(SocketServices services, SocketChannel channel, string token, Caller caller, CancellationTokenSource over)
{
    /// <summary>How many jobs one socket may follow at once.</summary>
    public const int MostJobs = 1000;

    private const int PageSize = 64;

    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan TimeToClose = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<JobId, Following> _following = [];

    /// <summary>Listens until the client leaves, its token is revoked, or this node stops.</summary>
    public async Task RunAsync()
    {
        var watch = WatchAsync();
        try
        {
            await channel.SendAsync(SocketMessage.Ready, over.Token);
            while (await channel.ReceiveAsync(over.Token) is { } text) await HearAsync(text);
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(_following.Values.Select(following => following.Task).Append(watch));
            await channel.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
        }
    }

    private async Task HearAsync(byte[] text)
    {
        switch (SocketText.Read(text))
        {
            case { Type: "ping" }:
                await channel.SendAsync(SocketMessage.Pong, over.Token);
                return;
            case { Type: "subscribe", Jobs: { Count: > 0 } jobs } request:
                foreach (var page in jobs.Distinct().Chunk(PageSize)) await SubscribeAsync(page, request.After);
                return;
            case { Type: "unsubscribe", Jobs: { Count: > 0 } jobs }:
                foreach (var id in jobs) await UnsubscribeAsync(id);
                return;
            case { Type: "subscribe" or "unsubscribe" }:
                await ErrorAsync("invalid_request", "jobs must be a list of one or more ids of jobs");
                return;
            default:
                await ErrorAsync("invalid_request", "a message is a JSON object whose type is subscribe, unsubscribe or ping");
                return;
        }
    }

    // Listens to all of them first, then reads them at once (P1).
    private async Task SubscribeAsync(IReadOnlyList<string?> ids, IReadOnlyDictionary<string, long>? after)
    {
        var opened = new Dictionary<JobId, OpenedJob>();
        try
        {
            foreach (var id in ids)
                if (JobId.TryParse(id, out var job) && !opened.ContainsKey(job)) opened[job] = services.Events.Open(job);
            var states = (await services.Events.ReadAsync(caller.Team, opened.Keys, over.Token)).Where(caller.Sees).ToDictionary(job => job.Id);
            foreach (var id in ids)
            {
                var seen = id is not null && after?.TryGetValue(id, out var seq) == true ? seq : 0;
                if (!JobId.TryParse(id, out var parsed) || !states.TryGetValue(parsed, out var job)) await ErrorAsync("job_not_found", "There is no such job.", id);
                else if (seen < 0) await ErrorAsync("invalid_request", "after must be the seq of an event", id);
                else if (opened.TryGetValue(parsed, out var open) && await TryFollowAsync(job, seen, open)) opened.Remove(parsed);
            }
        }
        finally
        {
            foreach (var open in opened.Values) open.Dispose();
        }
    }

    /// <summary>True when the subscription has begun, which then owns what it listens to.</summary>
    private async Task<bool> TryFollowAsync(JobState job, long after, OpenedJob opened)
    {
        // Subscribing again starts again: a client may want to hear from an earlier seq.
        if (_following.TryRemove(job.Id, out var before)) await before.StopAsync();
        if (_following.Count >= MostJobs)
        {
            await ErrorAsync("too_many_jobs", $"One socket follows at most {MostJobs} jobs.", job.Id.ToString());
            return false;
        }

        await channel.SendAsync(new SocketMessage("subscribed") { Jobs = [job.Id.ToString()] }, over.Token);
        // As with SSE, an id that was never given is taken for the last one.
        var stop = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
        var task = FollowAsync(job, Math.Min(after, job.Seq), opened, stop.Token);
        _following[job.Id] = new Following(stop, task);
        if (task.IsCompleted) Forget(job.Id);
        return true;
    }

    // An ended job needs no place any more.
    private void Forget(JobId job)
    {
        if (_following.TryRemove(job, out var ended)) ended.Stop.Dispose();
    }

    private async Task UnsubscribeAsync(string? id)
    {
        if (!JobId.TryParse(id, out var job) || !_following.TryRemove(job, out var following))
        {
            await ErrorAsync("not_subscribed", "This socket does not follow such a job.", id);
            return;
        }

        await following.StopAsync();
        await channel.SendAsync(new SocketMessage("unsubscribed") { Jobs = [job.ToString()] }, over.Token);
    }

    // Never throws: a subscription that breaks ends the socket, and the client resumes each job after its last seq.
    private async Task FollowAsync(JobState job, long after, OpenedJob opened, CancellationToken cancellationToken)
    {
        using var owned = opened;
        await Task.Yield();
        try
        {
            await foreach (var told in services.Events.FollowAsync(opened, job, caller.Team, after, cancellationToken))
                if (told is not null) await channel.SendAsync(SocketMessage.Of(told, await services.Mapping.ViewAsync(told, caller, cancellationToken)), cancellationToken, over.Token);
            Forget(job.Id);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested || over.IsCancellationRequested)
        {
            // Unsubscribed, or over: a send may hear of that before the subscription does.
        }
        catch (Exception failure) when (failure is WebSocketException or IOException or StoreUnavailableException or ObjectDisposedException)
        {
            await EndAsync(WebSocketCloseStatus.InternalServerError, "try again");
        }
    }

    // S2: a revoked token ends its sockets. A stopping node sends its clients elsewhere.
    private async Task WatchAsync()
    {
        try
        {
            var checkedAt = services.Time.GetTimestamp();
            // One for all rounds: a delay made anew each round would stay, with its registration, for as long as the socket.
            var nothing = new TaskCompletionSource().Task;
            while (!services.Waiter.IsStopping)
            {
                await services.Waiter.WaitAsync(nothing, CheckEvery, over.Token);
                if (services.Time.GetElapsedTime(checkedAt) < CheckEvery) continue;
                checkedAt = services.Time.GetTimestamp();
                if (await services.Authenticator.FindAsync(token, over.Token) == caller) continue;
                await ErrorAsync("unauthorized", "The token is no longer valid.");
                await EndAsync(WebSocketCloseStatus.PolicyViolation, "unauthorized");
                return;
            }

            await EndAsync(WebSocketCloseStatus.EndpointUnavailable, "this node stops; reconnect and resume");
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // Over.
        }
        catch (Exception failure) when (failure is WebSocketException or StoreUnavailableException)
        {
            await EndAsync(WebSocketCloseStatus.InternalServerError, "try again");
        }
    }

    private async Task EndAsync(WebSocketCloseStatus status, string why)
    {
        // A client that does not answer a close is cut.
        over.CancelAfter(TimeToClose);
        try
        {
            await channel.CloseAsync(status, why, over.Token);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private Task ErrorAsync(string code, string message, string? job = null) => channel.SendAsync(SocketMessage.Error(code, message, job), over.Token);

    private sealed record Following(CancellationTokenSource Stop, Task Task)
    {
        public async Task StopAsync()
        {
            await Stop.CancelAsync();
            await Task;
            Stop.Dispose();
        }
    }
}
