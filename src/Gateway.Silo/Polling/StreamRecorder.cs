using Gateway.Engine.Jobs;
using Gateway.Engine.Notifiers;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Jobs;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Silo.Polling;

/// <summary>
/// Writes a streamed answer down as it comes, and ends its attempt. A store that is lost for a while holds the upstream back;
/// a job that has ended meanwhile, or gone on to another attempt, leaves it.
/// </summary>
internal sealed partial class StreamRecorder(
    IStreamStore streams, JobGrain jobs, IQueryStore queries, JobNotifier moves, StreamGrowth growth, NodeLife life, TimeProvider time,
    ILogger<StreamRecorder> logger)
{
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMilliseconds(500);

    public async Task RecordAsync(JobState job, Lease lease, AccountId account, IAnswerStream answer)
    {
        using var owned = answer;
        // L4 frees the slot at its hard end, so what runs on it must be over by then.
        using var hardEnd = new CancellationTokenSource(lease.HardEnd - lease.Since, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(hardEnd.Token, life.Proof);
        using var stop = over.Token.Register(answer.Stop);
        var watching = WatchAsync(job.Id, lease.Attempt, over);
        var written = await CopyAsync(job.Id, account, lease, answer, over.Token);
        var wasLeft = over.IsCancellationRequested || written is null;
        await over.CancelAsync();
        await watching;
        await EndAsync(
            job.Id, account, lease, written, answer.End,
            wasLeft ? hardEnd.IsCancellationRequested ? AttemptEnd.PastHardEnd : AttemptEnd.StreamBroken : null);
    }

    private Task<JobState?> EndAsync(JobId job, AccountId account, Lease lease, long? written, AnswerEnd end, AttemptEnd? left)
    {
        switch (end)
        {
            case AnswerEnd.Whole { Message: { } message } whole when written is not null:
                return jobs.SucceedAsync(job, account, lease, message, fileId: null, whole.Usage, CancellationToken.None);
            case AnswerEnd.Whole whole when written is { } length:
                var stream = new BodyRef(length, LargeId: null, BodyRef.EventStream);
                return jobs.EndAttemptAsync(
                    job, account, lease, new AttemptEnd.Succeeded(stream, SmallResult: null, FileId: null, whole.Usage));
            case AnswerEnd.Broken broken when left is null:
                LogBroken(job, account, broken.Error.Describe());
                return jobs.EndAttemptAsync(job, account, lease, new AttemptEnd.Failed(broken.Error));
            default:
                LogLeft(job, account);
                return jobs.EndAttemptAsync(job, account, lease, left ?? AttemptEnd.StreamBroken);
        }
    }

    /// <summary>Copies to the answer's end. Answers how many bytes that was; null when they may not be written any more.</summary>
    private async Task<long?> CopyAsync(
        JobId job, AccountId account, Lease lease, IAnswerStream answer, CancellationToken cancellationToken)
    {
        await using var batches = new FrameBatches(answer, time);
        try
        {
            var start = await StoredAsync(() => streams.EndAsync(job, cancellationToken), cancellationToken);
            var end = start;
            while (await batches.NextAsync() is { IsEmpty: false } batch)
            {
                if (!await AppendAsync(job, lease.Attempt, end, batch, cancellationToken)) return null;
                growth.Tell(job);
                if (end == start && (await jobs.BeginAnswerAsync(job, account, lease))?.IsAt(lease.Attempt) != true) return null;
                end += batch.Length;
            }

            return end - start;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private Task<bool> AppendAsync(JobId job, int attempt, long start, ReadOnlyMemory<byte> batch, CancellationToken cancellationToken)
    {
        var isAgain = false;
        return StoredAsync(async () =>
        {
            // What failed may have been written all the same.
            if (isAgain && await streams.EndAsync(job, cancellationToken) == start + batch.Length) return true;
            isAgain = true;
            return await streams.AppendAsync(job, attempt, start, batch, cancellationToken);
        }, cancellationToken);
    }

    // What has come is kept until the store takes it (S4): until then no more is read.
    private async Task<T> StoredAsync<T>(Func<Task<T>> store, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await store();
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(AgainAfter, time, cancellationToken);
            }
        }
    }

    // A cancel, or an end by other hands, must not wait for the next token. What this misses the next append finds.
    private async Task WatchAsync(JobId job, int attempt, CancellationTokenSource over)
    {
        using var subscription = moves.Subscribe(job);
        try
        {
            while (true)
            {
                var moved = subscription.NextMove();
                if ((await queries.JobAsync(job, over.Token))?.IsAt(attempt) != true) await over.CancelAsync();
                await moved.WaitAsync(over.Token);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or StoreUnavailableException)
        {
            // Over, or blind: the append is fenced.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The streamed answer of job {Job} from account {Account} broke off: {Why}")]
    private partial void LogBroken(JobId job, AccountId account, string why);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The streamed answer of job {Job} from account {Account} is wanted no more; the upstream was left.")]
    private partial void LogLeft(JobId job, AccountId account);
}
