using Gateway.Grains.Teams;
using Gateway.Grains.Turns;

namespace Gateway.Grains.Jobs;

/// <summary>
/// Tells whoever waits for a job, or for any job of a team, that it moved. A signal is only a hint to read the store again
/// (P1): it may come late or twice. A waiter costs memory, not queries.
/// </summary>
internal sealed class JobSignals : IBatchObserver
{
    // No team has this id.
    private static readonly TeamId Everybody = new("*");

    private readonly Pulses<JobId> _jobs = new();
    private readonly Pulses<TeamId> _teams = new();

    /// <inheritdoc cref="Pulses{TKey}.Subscribe"/>
    public Pulses<JobId>.Subscription Subscribe(JobId job) => _jobs.Subscribe(job);

    /// <summary>Subscribes to all jobs of a team, or of everybody (null).</summary>
    public Pulses<TeamId>.Subscription Subscribe(TeamId? team) => _teams.Subscribe(team ?? Everybody);

    void IBatchObserver.Committed(BatchCommit commit)
    {
        // Every event has its job's row, and progress has nothing else.
        foreach (var job in commit.Jobs) _jobs.Pulse(job.Id);
        if (commit.Events.Count == 0 || !_teams.HasSubscribers) return;

        foreach (var team in commit.Events.Select(change => change.State.Team).Distinct()) _teams.Pulse(team);
        _teams.Pulse(Everybody);
    }
}
