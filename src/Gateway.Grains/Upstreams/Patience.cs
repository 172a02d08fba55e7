namespace Gateway.Grains.Upstreams;

/// <summary>
/// A time-out joined with the caller's token, that can tell which of the two fired. Restarted by each sign of life where it
/// bounds silence.
/// </summary>
internal sealed class Patience : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _joined;

    public Patience(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        _limit = limit;
        _caller = caller;
        _timeout = new CancellationTokenSource(limit, time);
        _joined = CancellationTokenSource.CreateLinkedTokenSource(caller, _timeout.Token);
    }

    public CancellationToken Token => _joined.Token;

    /// <summary>Something was heard: the wait begins anew.</summary>
    public void Restart() => _timeout.CancelAfter(_limit);

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
