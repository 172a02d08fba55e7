namespace Gateway.Simulator;

/// <summary>The gates that are closed now. An answer passes them one after the other.</summary>
internal sealed class GateKeeper
{
    private readonly Lock _lock = new();
    private HeldGate[] _gates = [];

    public HeldGate Hold(Operation operation, string? key)
    {
        var gate = new HeldGate(operation, key, Forget);
        lock (_lock)
        {
            _gates = [.. _gates, gate];
        }

        return gate;
    }

    public async Task PassAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        foreach (HeldGate gate in Volatile.Read(ref _gates))
        {
            if (gate.Holds(exchange))
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
