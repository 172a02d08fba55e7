namespace Gateway.Simulator;

/// <summary>A request between receipt and end. It ends once, however many paths lead there.</summary>
internal sealed class OpenRequest(Ledger ledger, Operation operation, string key) : IDisposable
{
    private int _over;

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
