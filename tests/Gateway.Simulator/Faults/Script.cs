namespace Gateway.Simulator;

/// <summary>
/// The faults to come. Rules are tried in the order they were added: latencies add up,
/// the first other effect that matches is the one that happens.
/// </summary>
public sealed class Script
{
    private readonly Lock _lock = new();
    private readonly List<ScriptedFault> _faults = [];
    private readonly Random _dice;

    internal Script(int seed) => _dice = new Random(seed);

    public ScriptedFault Add(FaultRule rule)
    {
        var fault = new ScriptedFault(rule);
        lock (_lock)
        {
            _faults.Add(fault);
        }

        return fault;
    }

    /// <summary>Strikes the next matching request, once.</summary>
    public ScriptedFault Next(Operation operation, FaultEffect effect, string? key = null, string? bodyContains = null) =>
        Add(new FaultRule { Operation = operation, Effect = effect, Key = key, BodyContains = bodyContains, Count = 1 });

    /// <summary>Strikes every matching request until removed.</summary>
    public ScriptedFault Always(Operation operation, FaultEffect effect, string? key = null, string? bodyContains = null) =>
        Add(new FaultRule { Operation = operation, Effect = effect, Key = key, BodyContains = bodyContains });

    public void Remove(ScriptedFault fault)
    {
        lock (_lock)
        {
            _faults.Remove(fault);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _faults.Clear();
        }
    }

    internal FaultPlan PlanFor(Exchange exchange)
    {
        lock (_lock)
        {
            return _faults.Count == 0 ? FaultPlan.None : Plan_NeedsLock(exchange);
        }
    }

    private FaultPlan Plan_NeedsLock(Exchange exchange)
    {
        FaultPlan plan = FaultPlan.None;
        foreach (ScriptedFault fault in _faults)
        {
            if (!Strikes_NeedsLock(fault, exchange))
            {
                continue;
            }

            fault.Strike_NeedsLock();
            if (fault.Rule.Effect is not FaultEffect.Latency latency)
            {
                plan = plan with { Effect = fault.Rule.Effect };
                break;
            }

            plan = plan with { Latency = plan.Latency + TimeSpan.FromMilliseconds(latency.Ms) };
        }

        _faults.RemoveAll(static fault => fault.IsSpent);
        return plan;
    }

    private bool Strikes_NeedsLock(ScriptedFault fault, Exchange exchange)
    {
        FaultRule rule = fault.Rule;
        return rule.Operation == exchange.Operation
            && (rule.Key is null || rule.Key == exchange.Key)
            && (rule.BodyContains is null || Mentions(exchange, rule.BodyContains))
            && !fault.IsSpent
            && !fault.LetsPass_NeedsLock()
            && (rule.Probability is not { } chance || _dice.NextDouble() < chance);
    }

    private static bool Mentions(Exchange exchange, string text) =>
        exchange.Text.Contains(text, StringComparison.Ordinal)
        || (exchange.Request.QueryString.Value ?? "").Contains(text, StringComparison.Ordinal);
}
