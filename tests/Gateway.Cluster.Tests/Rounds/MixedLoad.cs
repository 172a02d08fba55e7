using System.Collections.Concurrent;
using Gateway.Cluster.Tests.Processes;
using Gateway.Model.Ids;

namespace Gateway.Cluster.Tests.Rounds;

/// <summary>Callers of several teams at work: jobs under keys, some taken back, some watched; chats that stream; images.</summary>
internal sealed class MixedLoad(Population population, LoadPlan plan)
{
    private readonly ConcurrentDictionary<string, JobId> _jobs = [];
    private readonly ConcurrentDictionary<string, byte> _cancelled = [];
    private readonly ConcurrentDictionary<JobId, (EventWatcher Watcher, Task Listening)> _watched = [];
    private readonly ConcurrentBag<string> _troubles = [];

    /// <summary>Acknowledged jobs by their names.</summary>
    public IReadOnlyDictionary<string, JobId> Jobs => _jobs;

    public IReadOnlySet<string> Cancelled => _cancelled.Keys.ToHashSet();

    public IReadOnlyDictionary<JobId, (EventWatcher Watcher, Task Listening)> Watched => _watched;

    /// <summary>Jobs that found nobody to take them, and answers nobody expects.</summary>
    public IReadOnlyCollection<string> Troubles => _troubles;

    /// <param name="patience">Ends what nobody answers.</param>
    /// <param name="end">Ends the listening to events.</param>
    public Task RunAsync(CancellationToken patience, CancellationToken end) => Task.WhenAll(
        [.. plan.Jobs.Select(job => RunAsync(job, patience, end)), .. plan.Calls.Select(call => RunAsync(call, patience))]);

    /// <summary>The same keys once more.</summary>
    public async Task SubmitAgainAsync(CancellationToken cancellationToken)
    {
        foreach (var job in plan.Jobs.Where(job => _jobs.ContainsKey(job.Name))) await SubmitAgainAsync(job, cancellationToken);
    }

    private async Task SubmitAgainAsync(PlannedJob job, CancellationToken cancellationToken)
    {
        try
        {
            var again = await population.Teams[job.Team].SubmitUntilAcceptedAsync(job.Name, job.Priority, cancellationToken);
            if (again != _jobs[job.Name].ToString())
                _troubles.Add($"{job.Name} was job {_jobs[job.Name]} and is job {again} when it is submitted again");
        }
        catch (Exception trouble) when (trouble is OperationCanceledException or InvalidOperationException)
        {
            _troubles.Add($"{job.Name}, submitted again: {trouble.Message}");
        }
    }

    private async Task RunAsync(PlannedJob job, CancellationToken cancellationToken, CancellationToken end)
    {
        try
        {
            await Task.Delay(job.At, TimeProvider.System, cancellationToken);
            var client = population.Teams[job.Team];
            var id = _jobs[job.Name] = Client.IdOf(await client.SubmitUntilAcceptedAsync(job.Name, job.Priority, cancellationToken));
            if (job.IsWatched) Watch(client, id, end);
            if (job.CancelAfter is { } after) await CancelAsync(client, job, id, after, cancellationToken);
        }
        catch (Exception trouble) when (trouble is OperationCanceledException or InvalidOperationException)
        {
            _troubles.Add($"{job.Name}: {trouble.Message}");
        }
    }

    private void Watch(Client client, JobId id, CancellationToken cancellationToken)
    {
        var watcher = new EventWatcher(client, $"/v1/jobs/{id}/events");
        _watched[id] = (watcher, watcher.FollowAsync(cancellationToken));
    }

    private async Task CancelAsync(Client client, PlannedJob job, JobId id, TimeSpan after, CancellationToken cancellationToken)
    {
        await Task.Delay(after, TimeProvider.System, cancellationToken);
        _cancelled[job.Name] = 0;
        await client.SendUntilAnsweredAsync(HttpMethod.Post, $"/v1/jobs/{id}/cancel", new { }, cancellationToken);
    }

    // A call is made once: whether it is worth another try only its caller knows.
    private async Task RunAsync(PlannedCall call, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(call.At, TimeProvider.System, cancellationToken);
            var client = population.Teams[call.Team];
            if (!call.IsChat)
            {
                await client.SendAsync(HttpMethod.Post, "/v1/image_generation", new { model = "image-01", prompt = call.Text });
                return;
            }

            using var answer = await client.ChatAsync(call.Text, cancellationToken);
            await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException)
        {
            // Its node died under it, or its patience ended.
        }
    }
}
