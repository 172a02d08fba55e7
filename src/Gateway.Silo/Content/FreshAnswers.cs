using Gateway.Engine.Upstreams;
using Gateway.Model.Answers;
using Gateway.Model.Jobs;
using Gateway.Silo.Reads;

namespace Gateway.Silo.Content;

/// <summary>
/// Asks the account that made something about it once more (docs/minimax.md, "Video, second API", "Video from templates", "Files").
/// </summary>
internal sealed class FreshAnswers(AccountReads reads)
{
    /// <summary>Whether there is anything to ask: what was answered at once left no trace that could be asked about.</summary>
    public static bool CanAsk(JobState job) => job.Account is not null && (job.FileId is not null || job.TaskId is not null);

    public async Task<FreshAnswer> AskAsync(JobState job, CancellationToken cancellationToken)
    {
        if (!reads.Knows(job.Account!.Value)) return new FreshAnswer.Gone();
        return job.FileId is { } file ? await AskFileAsync(job, file, cancellationToken) : await AskTaskAsync(job, cancellationToken);
    }

    private async Task<FreshAnswer> AskFileAsync(JobState job, string file, CancellationToken cancellationToken)
    {
        var answer = await reads.AskAsync(job.Account!.Value, new UpstreamRead.File(file), cancellationToken);
        return answer.Error is { } error ? Refused(error) : new FreshAnswer.Told(answer.Body);
    }

    private async Task<FreshAnswer> AskTaskAsync(JobState job, CancellationToken cancellationToken) =>
        await reads.PollAsync(job, cancellationToken) switch
        {
            PollOutcome.Succeeded fresh => new FreshAnswer.Told(fresh.Result),
            PollOutcome.Trouble { Error: { } error } => Refused(error),
            _ => new FreshAnswer.Trouble(),
        };

    private static FreshAnswer Refused(UpstreamError error) =>
        error.Class == ErrorClass.Caller ? new FreshAnswer.Gone() : new FreshAnswer.Trouble();
}
