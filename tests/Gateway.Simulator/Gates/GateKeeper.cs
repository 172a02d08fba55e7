namespace Gateway.Simulator;

/// <summary>The gates that are closed now. An answer passes them one after the other.</summary>
internal sealed class GateKeeper
{
    private readonly Lock _lock = new();
    private HeldGate[] _gates = [];

    public HeldGate Hold(Operation operation, string? key, bool eachFrame)
    {
        var gate = new HeldGate(operation, key, eachFrame, Forget);
        lock (_lock)
        {
            _gates = [.. _gates, gate];
        }

        return gate;
    }

    public Task PassAsync(Exchange exchange, CancellationToken cancellationToken) =>
        PassAsync(exchange, eachFrame: false, cancellationToken);

    public Task PassFrameAsync(Exchange exchange, CancellationToken cancellationToken) =>
        PassAsync(exchange, eachFrame: true, cancellationToken);

    private async Task PassAsync(Exchange exchange, bool eachFrame, CancellationToken cancellationToken)
    {
        foreach (HeldGate gate in Volatile.Read(ref _gates))
        {
            if (gate.EachFrame == eachFrame && gate.Holds(exchange))
            {
                await gate.PassAsync(cancellationToken);
            }
        }
    }

    private void Forget(HeldGate gate)
    {
        lock (_lock)
        {
            _gates = [.. _gates.Where(one => one != gate)];
        }
    }
}
