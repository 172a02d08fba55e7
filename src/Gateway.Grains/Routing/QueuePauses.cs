using System.Collections.Immutable;
using Gateway.Grains.Storage;
using Gateway.Grains.Turns;

namespace Gateway.Grains.Routing;

/// <summary>A pause an operator set: jobs of its target are not dispatched. What runs goes on, and calls are not concerned.</summary>
/// <param name="Target">A lane, or <see cref="Everything"/>.</param>
/// <param name="Actor">Who set it.</param>
/// <param name="At">Since when.</param>
internal sealed record QueuePause(string Target, string Actor, DateTimeOffset At)
{
    public const string Everything = "*";
}

/// <summary>A pause that begins, or (null) ends.</summary>
internal sealed record PauseChange(string Target, QueuePause? Pause);

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
            _pauses = change.Pause is { } pause ? _pauses.SetItem(change.Target, _pauses.GetValueOrDefault(change.Target, pause)) : _pauses.Remove(change.Target);
    }

    private sealed class PauseTurn(string target, bool isPaused, string actor) : Turn<bool>
    {
        public override TurnClass Class => TurnClass.Admission;

        protected override bool Run(TurnScope scope)
        {
            scope.Put(new PauseChange(target, isPaused ? new QueuePause(target, actor, scope.Now) : null));
            scope.Put(new AuditEntry(actor, isPaused ? "queue.pause" : "queue.resume", target, Detail: null, scope.Now));
            return true;
        }
    }
}
