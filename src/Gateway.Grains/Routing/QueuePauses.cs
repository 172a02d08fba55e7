using System.Collections.Immutable;
using Gateway.Engine.Queueing;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Queueing;

namespace Gateway.Grains.Routing;

/// <summary>The pauses as this node knows them: read at start and with every look, and told by its own commits.</summary>
internal sealed class QueuePauses(IQueryStore queries, BatchRunner runner) : IBatchObserver
{
    private ImmutableDictionary<string, QueuePause> _pauses = ImmutableDictionary<string, QueuePause>.Empty;

    public IReadOnlyCollection<QueuePause> All => [.. _pauses.Values.OrderBy(pause => pause.Target, StringComparer.Ordinal)];

    public async Task RefreshAsync(CancellationToken cancellationToken) =>
        _pauses = (await queries.PausesAsync(cancellationToken)).ToImmutableDictionary(pause => pause.Target, StringComparer.Ordinal);

    /// <summary>The pause that holds back jobs of this lane, or null.</summary>
    public QueuePause? Find(string lane) => _pauses.GetValueOrDefault(QueuePause.Everything) ?? _pauses.GetValueOrDefault(lane);

    /// <summary>The same, as the store has it; this node's own view stays as it is.</summary>
    public async Task<QueuePause?> FindInStoreAsync(string lane, CancellationToken cancellationToken)
    {
        var there = await queries.PausesAsync(cancellationToken);
        return there.FirstOrDefault(pause => pause.Target == QueuePause.Everything) ?? there.FirstOrDefault(pause => pause.Target == lane);
    }

    public Task<bool> PauseAsync(string target, string actor, CancellationToken cancellationToken) =>
        runner.RunAsync(new PauseTurn(target, isPaused: true, actor), cancellationToken);

    public Task<bool> ResumeAsync(string target, string actor, CancellationToken cancellationToken) =>
        runner.RunAsync(new PauseTurn(target, isPaused: false, actor), cancellationToken);

    void IBatchObserver.Committed(BatchCommit commit)
    {
        // One writer: the runner's own thread; a refresh that overlaps is put right by the next.
        foreach (var change in commit.Pauses)
            _pauses = change.Pause is { } pause
                ? _pauses.SetItem(change.Target, _pauses.GetValueOrDefault(change.Target, pause))
                : _pauses.Remove(change.Target);
    }
}
