using Gateway.Grains.Jobs;
using Gateway.Grains.Upstreams;
using Gateway.Grains.Upstreams.Platform;
using Gateway.Grains.Upstreams.Platform.Tasks;

namespace Gateway.Silo.Content;

/// <summary>What an upstream says today about what a job made: the same as at its end, with links that work.</summary>
internal abstract record FreshAnswer
{
    internal sealed record Told(byte[] Body) : FreshAnswer;

    /// <summary>The upstream says that it keeps it no more, or the account that had it is gone.</summary>
    internal sealed record Gone : FreshAnswer;

    /// <summary>It cannot be asked now.</summary>
    internal sealed record Trouble : FreshAnswer;
}

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
