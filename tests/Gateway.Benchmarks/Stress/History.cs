using System.Text;
using System.Text.Json;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Benchmarks.Stress;

/// <summary>An account as one committed batch left it.</summary>
internal sealed record AccountLine(string Id, long Version, string[] Leases);

/// <summary>A job as one committed batch left it.</summary>
internal sealed record JobLine(long Id, long Version, JobStatus Status, long Seq, string? Lease, string? Account);

/// <summary>A step of a job's life.</summary>
internal sealed record EventLine(long Job, long Seq, JobStatus Status);

/// <summary>One committed batch, as its process saw it.</summary>
internal sealed record BatchLine(string Incarnation, AccountLine[] Accounts, JobLine[] Jobs, EventLine[] Events);

/// <summary>What a caller was told: a lease was granted or refused, a release did something or found nothing to do.</summary>
internal sealed record AnswerLine(string Op, string Account, string Lease, bool Done, int LeasesSeen);

/// <summary>A line of a history: one of the two.</summary>
internal sealed record Line(BatchLine? Batch, AnswerLine? Answer);

/// <summary>
/// Writes what a process saw, a JSON line each, straight to the operating system: what was written survives a SIGKILL.
/// Batches are written before their callers are answered, so only the one that was committed last can be missing.
/// </summary>
internal sealed class HistoryWriter(string file) : IBatchObserver, IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _stream = new(file, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public required string Incarnation { get; set; }

    public void Committed(BatchCommit commit) => Write(new Line(
        new BatchLine(
            Incarnation,
            [.. commit.Accounts.Select(account => new AccountLine(account.Id.Value, account.Version, [.. account.Leases.Select(lease => lease.Id.Value)]))],
            [.. commit.Jobs.Select(job => new JobLine(job.Id.Value, job.Version, job.Status, job.Seq, job.Lease?.Value, job.Account?.Value))],
            [.. commit.Events.Select(change => new EventLine(change.Job.Value, change.Seq, change.Status))]),
        Answer: null));

    public void Answered(string op, AccountId account, LeaseId lease, bool done, int leasesSeen = 0) =>
        Write(new Line(Batch: null, new AnswerLine(op, account.Value, lease.Value, done, leasesSeen)));

    public void Dispose() => _stream.Dispose();

    private void Write(Line line)
    {
        var bytes = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line) + "\n");
        lock (_lock) _stream.Write(bytes);
    }
}

internal static class HistoryReader
{
    /// <summary>The lines of a history; a last line without its end was cut off by a SIGKILL and tells nothing.</summary>
    public static IEnumerable<Line> Read(string file)
    {
        var text = File.ReadAllText(file);
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
            yield return JsonSerializer.Deserialize<Line>(line)!;
    }
}
