namespace Gateway.Simulator;

/// <summary>A request between receipt and end. It ends once, however many paths lead there.</summary>
internal sealed class OpenRequest(Ledger ledger, Operation operation, string key, int concurrent) : IDisposable
{
    private int _over;

    /// <summary>Calls of this operation that ran on the key when it came in; itself included.</summary>
    public int Concurrent { get; } = concurrent;

    public void Finish() => End(aborted: false);

    /// <summary>The client left before the answer was complete.</summary>
    public void Abandon() => End(aborted: true);

    public void Dispose() => Finish();

    private void End(bool aborted)
    {
        if (Interlocked.Exchange(ref _over, 1) == 0)
        {
            ledger.Close(operation, key, aborted);
        }
    }
}
