using Gateway.Model.Kinds;

namespace Gateway.Engine.Upstreams;

/// <summary>
/// A time-out joined with the caller's token, that can tell which of the two fired: first how long the upstream may think,
/// then, restarted by each sign of life, how long it may be silent.
/// </summary>
internal sealed class Patience : IDisposable
{
    private readonly TimeSpan _idle;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _joined;
    private TimeSpan _limit;

    /// <summary>One limit for all.</summary>
    public Patience(TimeSpan limit, TimeProvider time, CancellationToken caller)
        : this(new Silence(limit, limit), time, caller)
    {
    }

    public Patience(Silence silence, TimeProvider time, CancellationToken caller)
    {
        (_limit, _idle) = (silence.FirstByte, silence.Idle);
        _caller = caller;
        _timeout = new CancellationTokenSource(_limit, time);
        _joined = CancellationTokenSource.CreateLinkedTokenSource(caller, _timeout.Token);
    }

    public CancellationToken Token => _joined.Token;

    /// <summary>Whether it was the upstream's silence that ended the exchange: it may be at work all the same.</summary>
    public bool IsOver => _timeout.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <summary>Something was heard: the wait begins anew.</summary>
    public void Restart()
    {
        _limit = _idle;
        _timeout.CancelAfter(_limit);
    }

    /// <summary>What ended the exchange, in words.</summary>
    public string Explain(Exception broken) => broken switch
    {
        OperationCanceledException when _caller.IsCancellationRequested => "cancelled",
        OperationCanceledException when _timeout.IsCancellationRequested => $"no answer within {_limit.TotalSeconds:0} s",
        HttpRequestException { HttpRequestError: var error and not HttpRequestError.Unknown } => $"connection failed: {error}",
        _ => $"connection failed: {broken.Message}",
    };

    public void Dispose()
    {
        _joined.Dispose();
        _timeout.Dispose();
    }
}
