using System.Net.WebSockets;
using Gateway.Api.Auth;
using Gateway.Api.Views;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;

namespace Gateway.Api.Push.Sockets;

/// <summary>One client's socket: what it asks, and the jobs it follows, told like server-sent events.</summary>
internal sealed class JobSocket(SocketServices services, SocketChannel channel, string token, Caller caller, CancellationTokenSource over)
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan TimeToClose = TimeSpan.FromSeconds(2);

    private readonly FollowedJobs _jobs = new(services, channel, caller);

    /// <summary>Listens until the client leaves, its token is revoked, or this node stops.</summary>
    public async Task RunAsync()
    {
        var watch = WatchAsync();
        var telling = TellAsync();
        try
        {
            await channel.SendAsync(SocketMessage.Ready, over.Token);
            while (await channel.ReceiveAsync(over.Token) is { } text) await HearAsync(text);
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(telling, watch);
            _jobs.Dispose();
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
                foreach (var page in jobs.Distinct().Chunk(FollowedJobs.PageSize)) await SubscribeAsync(page, request.After);
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

    private async Task SubscribeAsync(IReadOnlyList<string?> ids, IReadOnlyDictionary<string, long>? after)
    {
        var wanted = ids.Select(id => JobId.TryParse(id, out var job) ? job : (JobId?)null).OfType<JobId>().ToHashSet();
        var states = (await services.Events.ReadAsync(caller.Team, wanted, over.Token)).Where(caller.Sees).ToDictionary(job => job.Id);
        var begun = new Dictionary<JobId, long>();
        foreach (var id in ids)
        {
            var seen = id is not null && after?.TryGetValue(id, out var seq) == true ? seq : 0;
            if (!JobId.TryParse(id, out var parsed) || !states.TryGetValue(parsed, out var job))
                await ErrorAsync("job_not_found", "There is no such job.", id);
            else if (seen < 0) await ErrorAsync("invalid_request", "after must be the seq of an event", id);
            else if (WhyFull(job.Id, begun.Count) is { } full) await ErrorAsync("too_many_jobs", full, id);
            // As with SSE, an id that was never given is taken for the last one.
            else begun[job.Id] = Math.Min(seen, job.Seq);
        }

        if (begun.Count == 0) return;
        await channel.SendAsync(new SocketMessage("subscribed") { Jobs = [.. begun.Keys.Select(job => job.ToString())] }, over.Token);
        _jobs.Follow(begun);
    }

    // Subscribing again starts again: a client may want to hear from an earlier seq.
    private string? WhyFull(JobId job, int begun)
    {
        _jobs.Leave(job);
        return _jobs.WhyFull(begun);
    }

    private Task UnsubscribeAsync(string? id) =>
        JobId.TryParse(id, out var job) && _jobs.Leave(job)
            ? channel.SendAsync(new SocketMessage("unsubscribed") { Jobs = [job.ToString()] }, over.Token)
            : ErrorAsync("not_subscribed", "This socket does not follow such a job.", id);

    // What breaks ends the socket, and the client resumes each job after its last seq.
    private async Task TellAsync()
    {
        try
        {
            await _jobs.TellAsync(over.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // Over.
        }
        catch (Exception failure) when (
            failure is WebSocketException or IOException or StoreUnavailableException or ObjectDisposedException)
        {
            await EndAsync(WebSocketCloseStatus.InternalServerError, "try again");
        }
        catch
        {
            await over.CancelAsync(); // a bug must not leave a socket that tells nothing
            throw;
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

    private Task ErrorAsync(string code, string message, string? job = null) =>
        channel.SendAsync(SocketMessage.Error(code, message, job), over.Token);
}
