using Gateway.Engine.Upstreams;
using Gateway.Model.Answers;
using Gateway.Model.Jobs;
using Gateway.Silo.Reads;
using Gateway.Upstreams.MiniMax.Requests;
using Gateway.Upstreams.MiniMax.Tasks;

namespace Gateway.Silo.Content;

/// <summary>Asks the account that made something about it once more (docs/minimax.md, "Video, second API", "Video from templates", "Files").</summary>
internal sealed class FreshAnswers(AccountReads reads)
{
    /// <summary>Whether there is anything to ask: what was answered at once left no trace that could be asked about.</summary>
    public static bool CanAsk(JobState job) => job.Account is not null && (job.FileId is not null || TasksOf(job) is not null);

    public async Task<FreshAnswer> AskAsync(JobState job, CancellationToken cancellationToken)
    {
        if (!reads.Knows(job.Account!.Value)) return new FreshAnswer.Gone();
        return job.FileId is { } file ? await AskFileAsync(job, file, cancellationToken) : await AskTaskAsync(job, cancellationToken);
    }

    private async Task<FreshAnswer> AskFileAsync(JobState job, string file, CancellationToken cancellationToken)
    {
        var answer = await reads.GetAsync(job.Account!.Value, $"{PlatformPaths.RetrieveFile}?file_id={Uri.EscapeDataString(file)}", cancellationToken);
        return answer.Error is { } error ? Refused(error) : new FreshAnswer.Told(answer.Body);
    }

    private async Task<FreshAnswer> AskTaskAsync(JobState job, CancellationToken cancellationToken)
    {
        var tasks = TasksOf(job)!;
        var answer = await reads.GetAsync(job.Account!.Value, tasks.QueryPath(job.TaskId!), cancellationToken);
        if (answer.Trouble is null && tasks.ReadPoll(job.Id, answer.Status, answer.Body, UpstreamWords.OfNobody) is PollOutcome.Succeeded fresh) return new FreshAnswer.Told(fresh.Result);
        return answer.Error is { } error ? Refused(error) : new FreshAnswer.Trouble();
    }

    private static FreshAnswer Refused(UpstreamError error) => error.Class == ErrorClass.Caller ? new FreshAnswer.Gone() : new FreshAnswer.Trouble();

    private static PlatformTasks? TasksOf(JobState job) => job.TaskId is null ? null : PlatformTasks.Of(job.Kind, job.Operation);
}
