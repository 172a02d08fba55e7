namespace Gateway.Simulator;

/// <summary>The limits of a key that are checked before any work starts.</summary>
internal sealed class Admission(TimeProvider clock)
{
    public Reply? Refuse(Exchange exchange, Account account, string model)
    {
        KeySettings settings = account.Settings;
        if (settings.BalanceExhausted)
        {
            return Refusals.For(exchange, 1008, "insufficient balance");
        }

        if (settings.AllowedModels is { } allowed && !allowed.Contains(model))
        {
            return Refusals.For(exchange, 2061, $"your current token plan not support model, {model}");
        }

        if (settings.MaxConcurrent?.TryGetValue(exchange.Operation, out int limit) == true && exchange.Concurrent > limit)
        {
            return Refusals.For(exchange, 1041, "conn limit");
        }

        return account.Window(exchange.Operation.RateFamily()).TryAdmit(settings.Rpm, clock.GetUtcNow())
            ? null
            : Refusals.For(exchange, 1002, "rate limit exceeded(RPM)");
    }
}
