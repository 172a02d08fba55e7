using System.Diagnostics.CodeAnalysis;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Turns;

/// <summary>
/// One turn: a decision about the rows it names, run inside the transaction that holds them. Every grain method is one.
/// A turn does no I/O and may run more than once before it commits, so it must depend on the scope alone.
/// </summary>
internal abstract class Turn
{
    public abstract TurnClass Class { get; }

    /// <summary>The account row it needs.</summary>
    public virtual AccountId? Account => null;

    /// <summary>The job row it needs.</summary>
    public virtual JobId? Job => null;

    /// <summary>The idempotency key it needs.</summary>
    public virtual IdempotencyKey? Key => null;

    /// <summary>The team's row it needs: for who would use more of what a team's limits bound.</summary>
    public virtual TeamId? Team => null;

    /// <summary>Bytes it will write; batches are capped by their sum.</summary>
    public virtual int Bytes => 512;

    /// <summary>How often it failed on its own to be saved (T7).</summary>
    public int SaveFailures { get; set; }

    /// <summary>Runs the decision against the batch. Answers false when it threw; then nothing of it remains.</summary>
    internal abstract bool Execute(BatchState batch);

    /// <summary>A row it needs is in other hands (T4). True when that is its answer; false when it has to wait for the row.</summary>
    internal abstract bool Yield(HeldRow row);

    /// <summary>Answers the waiter after the commit. Returns the turn that undoes what nobody is there to take (T3).</summary>
    internal abstract Turn? Answer();

    /// <summary>Tells the waiter that the turn was not committed.</summary>
    internal abstract void Abandon(Exception why);
}

/// <summary>A turn with a result.</summary>
internal abstract class Turn<TResult> : Turn
{
    private readonly TaskCompletionSource<TResult> _waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult? _result;
    private Exception? _thrown;
    private bool _skipped;

    /// <summary>Ends with the result after the commit.</summary>
    internal Task<TResult> Answered => _waiter.Task;

    /// <summary>The decision: a pure function of what the scope shows.</summary>
    protected abstract TResult Run(TurnScope scope);

    /// <summary>What must be done when the waiter is gone after the commit; null when nothing was granted (T3).</summary>
    protected virtual Turn? Compensate(TResult result) => null;

    /// <summary>What it answers when somebody else holds a row it needs; false when it has to wait for the row.</summary>
    protected virtual bool TryYield(HeldRow row, [MaybeNullWhen(false)] out TResult result)
    {
        result = default;
        return false;
    }

    /// <summary>The waiter has left; what is granted from now on is compensated.</summary>
    internal void Leave(CancellationToken cancellationToken) => _waiter.TrySetCanceled(cancellationToken);

    internal sealed override bool Execute(BatchState batch)
    {
        // Nobody waits for this admission any more: granting it would only make work for the compensation.
        _skipped = Class == TurnClass.Admission && _waiter.Task.IsCompleted;
        if (_skipped) return true;

        var scope = new TurnScope(batch);
        try
        {
            _result = Run(scope);
            _thrown = null;
            scope.Keep();
            return true;
        }
        catch (Exception thrown) // a bug in one turn fails that turn alone (T1)
        {
            _thrown = thrown;
            return false;
        }
    }

    internal sealed override bool Yield(HeldRow row)
    {
        if (!TryYield(row, out var result)) return false;
        _waiter.TrySetResult(result); // before the commit: nothing was granted
        return true;
    }

    internal sealed override Turn? Answer()
    {
        if (_skipped) return null;
        if (_thrown is not null)
        {
            _waiter.TrySetException(_thrown);
            return null;
        }

        return _waiter.TrySetResult(_result!) ? null : Compensate(_result!);
    }

    internal sealed override void Abandon(Exception why) => _waiter.TrySetException(why);
}
