using Gateway.Cluster.Tests.Processes;
using Gateway.Simulator;

namespace Gateway.Cluster.Tests.Chaos;

/// <summary>
/// A stream of jobs that goes on while something happens to the database; whatever it is, nothing is lost and nothing done twice.
/// </summary>
internal static class LoadThroughTrouble
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenSubmits = TimeSpan.FromMilliseconds(40);

    /// <summary>Tasks long enough that some run at any moment, short enough that all end soon.</summary>
    public static SimulatorOptions Tasks =>
        new() { MinTaskDuration = TimeSpan.FromSeconds(0.5), MaxTaskDuration = TimeSpan.FromSeconds(3) };

    /// <summary>
    /// Submits jobs one after another on three accounts, lets the trouble happen once some have been sent, waits for every end and judges.
    /// </summary>
    public static async Task RunAsync(Scenario scenario, int jobs, Func<Task> trouble)
    {
        await scenario.StartAsync();
        var accounts = Enumerable.Range(1, 3).ToDictionary(number => number, _ => 10);
        foreach (var (number, most) in accounts) await scenario.Client.AddAccountAsync(number, scenario.Simulator.BaseUrl, most);
        var submits = Enumerable.Range(0, jobs).Select(async n =>
        {
            await Task.Delay(BetweenSubmits * n, TimeProvider.System);
            return (Name: $"job {n}", Id: Client.IdOf(await scenario.Client.SubmitUntilAcceptedAsync($"job {n}")));
        }).ToList();
        await scenario.Simulator.WaitForAcceptedAsync(20);

        await trouble();

        var submitted = (await Task.WhenAll(submits)).ToDictionary(submit => submit.Name, submit => submit.Id);
        foreach (var job in submitted.Values) await scenario.Client.WaitForStatusAsync(job.ToString(), Patience, "succeeded", "failed");
        Assert.False(scenario.Gateway.HasExited);
        Assert.Empty(scenario.Client.Wrong);
        await scenario.StopAsync();

        await using var store = scenario.Database.Open();
        var judge = new Judge(store.Queries, scenario.Simulator.Ledger.Snapshot(), submitted, accounts);
        Assert.Empty(await judge.JudgeAsync());
        Assert.Equal(submitted.Count, judge.Succeeded);
        scenario.Passed();
    }
}
