using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Grains.Routing;

/// <summary>The accounts as the store has them, read once for all who ask at the same time.</summary>
internal sealed class StoredAccounts(BatchRunner runner, IQueryStore queries)
{
    private readonly Lock _lock = new();
    private Task? _looking;
    private Task? _lookingNext;

    /// <summary>This node's name on its leases.</summary>
    public string Owner => runner.Owner;

    public Task<IReadOnlyList<AccountState>> AllAsync(CancellationToken cancellationToken) => queries.AccountsAsync(cancellationToken);

    public Task<IReadOnlyList<AccountState>> SomeAsync(IReadOnlyCollection<AccountId> accounts, CancellationToken cancellationToken) =>
        queries.AccountsAsync(accounts, cancellationToken);

    /// <summary>
    /// Shows all of them, once what this node has queued before is committed. Whoever asks while a look is under way shares the next one
    /// (Q4): the one under way may have read before the question.
    /// </summary>
    /// <param name="see">Takes what was read, once for all who share the look.</param>
    /// <param name="cancellationToken">Ends the wait, not the look: others may wait for it too.</param>
    public async Task VerifyAsync(Action<IReadOnlyList<AccountState>> see, CancellationToken cancellationToken)
    {
        Task looking;
        lock (_lock) looking = _looking is null ? _looking = LookAsync(see) : _lookingNext ??= LookAfterAsync(_looking, see);
        await looking.WaitAsync(cancellationToken);
    }

    private async Task LookAfterAsync(Task before, Action<IReadOnlyList<AccountState>> see)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task looking;
        lock (_lock) (looking, _lookingNext) = (_looking ??= LookAsync(see), null);
        await looking;
    }

    private async Task LookAsync(Action<IReadOnlyList<AccountState>> see)
    {
        await Task.Yield();
        try
        {
            // Releases this node has queued but not committed count as free: wait for them first.
            await runner.RunAsync(new BarrierTurn(), CancellationToken.None);
            see(await queries.AccountsAsync(CancellationToken.None));
        }
        finally
        {
            lock (_lock) _looking = null;
        }
    }

    /// <summary>Ends when every obligation queued before it is committed.</summary>
    private sealed class BarrierTurn : Turn<bool>
    {
        public override TurnClass Class => TurnClass.Obligation;

        protected override bool Run(TurnScope scope) => true;
    }
}
