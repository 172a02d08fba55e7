using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Chores;

namespace Gateway.Silo.Health;

/// <summary>Slots and health of the accounts, as this node sees them.</summary>
internal sealed class AccountMetrics(RouterGrain router, HealthWatch health, TimeProvider time)
{
    public void Write(PrometheusText page)
    {
        Slots(page);
        Health(page);
    }

    private void Slots(PrometheusText page)
    {
        var accounts = router.All().Where(account => account.StandsForItself).OrderBy(account => account.Id).ToList();
        page.Metric(MetricNames.SlotsUsed, "gauge", "Slots taken by leases, by account.");
        foreach (var account in accounts) page.Sample(MetricNames.SlotsUsed, account.Leases.Length, ("account", account.Id.Value));
        page.Metric(MetricNames.SlotsMax, "gauge", "Slots an account may have taken at once (maxJobs).");
        foreach (var account in accounts) page.Sample(MetricNames.SlotsMax, account.MaxJobs, ("account", account.Id.Value));
    }

    // By state, not by account: a gauge of what is out, and a count of what went out and came back between two scrapes.
    private void Health(PrometheusText page)
    {
        var now = time.GetUtcNow();
        var states = router.All().Where(account => !account.Deleted).CountBy(account => account.Health.StateAt(now)).ToDictionary();
        page.Metric(MetricNames.AccountHealth, "gauge", "Accounts, by the state of their health.");
        foreach (var state in Enum.GetValues<HealthState>())
            page.Sample(MetricNames.AccountHealth, states.GetValueOrDefault(state), ("state", state.Name));
        page.Metric(
            MetricNames.HealthChanges, "counter", "Changes of accounts' health that this node committed, by the state they led to.");
        foreach (var state in Enum.GetValues<HealthState>())
            page.Sample(MetricNames.HealthChanges, health.ChangesTo(state), ("state", state.Name));
    }
}
