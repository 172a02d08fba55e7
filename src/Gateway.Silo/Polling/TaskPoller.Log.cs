using Gateway.Model.Ids;

namespace Gateway.Silo.Polling;

internal sealed partial class TaskPoller
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Lease {Lease} of account {Account} (job {Job}) is past its hard end and was freed.")]
    private partial void LogLapsed(LeaseId lease, AccountId account, JobId job);

    [LoggerMessage(Level = LogLevel.Error, Message = "Polling job {Job} on account {Account} failed.")]
    private partial void LogPollFailed(JobId? job, AccountId account, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job} cannot be read: account {Account} answers {Why}.")]
    private partial void LogUnreadable(JobId job, AccountId account, string why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "No useful answer about job {Job} from account {Account}: {Why}")]
    private partial void LogTrouble(JobId job, AccountId account, string why);
}
