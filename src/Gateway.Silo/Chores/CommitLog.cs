using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Silo.Chores;

/// <summary>
/// What normal work looks like in the log: a line for each job's end and for each thing an admin did, once it is committed.
/// </summary>
internal sealed partial class CommitLog(StoreOutage outage, ILogger<CommitLog> logger) : IBatchObserver
{
    public void Committed(BatchCommit commit)
    {
        outage.End();
        if (!logger.IsEnabled(LogLevel.Information)) return;
        foreach (var ended in commit.Events)
            if (ended.Status.IsTerminal) LogEnded(ended);
        foreach (var entry in commit.Audit)
            LogAudit(entry.Actor, entry.Action, entry.Target, entry.Detail is { } detail ? $" ({detail})" : "");
    }

    private void LogEnded(JobEvent ended)
    {
        var job = ended.State;
        LogEnded(job.Id, job.Kind.Name, job.Team.Value, ended.Status.Name, Math.Max(0, (ended.At - job.CreatedAt).TotalSeconds),
            job.Account is { } account ? $", account {account}" : "", job.Charged ?? 0,
            job.Error is { } error ? $", error {error.Code}" : "");
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Job {Job} ({Kind}, team {Team}) {Status} after {Seconds:0.0} s{Account}, {Credits} credits{Error}.")]
    private partial void LogEnded(
        JobId job, string kind, string team, string status, double seconds, string account, long credits, string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Actor} did {Action} to {Target}{Detail}.")]
    private partial void LogAudit(string actor, string action, string target, string detail);
}
