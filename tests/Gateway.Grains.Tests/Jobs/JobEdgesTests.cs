using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Jobs;

public sealed class JobEdgesTests
{
    // Rule J1, written out once more: x where an edge is legal.
    private const string Matrix = """
                    queued submitting running unknown succeeded failed cancelled expired
        queued      .      x          .       x       .         x      x         x
        submitting  x      .          x       x       x         x      x         .
        running     x      .          .       x       x         x      x         .
        unknown     x      .          x       .       x         x      x         .
        succeeded   .      .          .       .       .         .      .         .
        failed      .      .          .       .       .         .      .         .
        cancelled   .      .          .       .       .         .      .         .
        expired     .      .          .       .       .         .      .         .
        """;

    private static readonly DateTimeOffset Now = Make.Noon;
    private static readonly Lease Lease = Make.Account().Acquire(Make.ForJob(new JobId(7), attempt: 2), Make.VideoLimit, Now).Lease!;

    private static readonly Dictionary<string, (JobStatus To, Func<JobState, JobState?> Take)> Transitions = new()
    {
        ["dispatch"] = (JobStatus.Submitting, job => job.Dispatch(Lease, Make.AccountOne, Now)),
        ["run"] = (JobStatus.Running, job => job.Run("task")),
        ["lose sight"] = (JobStatus.Unknown, job => job.LoseSight("time-out")),
        ["requeue"] = (JobStatus.Queued, job => job.Requeue(new JobRefusal(Make.AccountOne, 1, "1002"))),
        ["succeed"] = (JobStatus.Succeeded, job => job.Succeed(new BodyRef(4, null), "file", 30, Now)),
        ["fail"] = (JobStatus.Failed, job => job.Fail(new JobError("upstream_error", "no"), 0, Now)),
        ["cancel"] = (JobStatus.Cancelled, job => job.Cancel("caller", Now)),
        ["expire"] = (JobStatus.Expired, job => job.Expire("queue_age", Now)),
    };

    public static TheoryData<string, string, bool> Edges()
    {
        var lines = Matrix.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        var data = new TheoryData<string, string, bool>();
        foreach (var line in lines[1..])
            for (var column = 0; column < lines[0].Length; column++)
                data.Add(line[0], lines[0][column], line[column + 1] == "x");
        return data;
    }

    public static TheoryData<string, string> Moves()
    {
        var data = new TheoryData<string, string>();
        foreach (var status in JobNames.AllStatuses)
            foreach (var name in Transitions.Keys) data.Add(status, name);
        return data;
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void J1_The_table_of_edges_is_the_rules(string from, string to, bool legal) =>
        Assert.Equal(legal, JobEdges.Allows(JobNames.Status(from), JobNames.Status(to)));

    [Theory]
    [MemberData(nameof(Moves))]
    public void J1_Every_transition_takes_a_legal_edge_with_the_next_seq_or_is_refused(string from, string transition)
    {
        var job = Make.Job() with { Status = JobNames.Status(from), Seq = 4, Attempt = 1 };
        var (to, take) = Transitions[transition];
        var next = take(job);

        Assert.Equal(JobEdges.Allows(job.Status, to), next is not null);
        if (next is null) return;
        Assert.Equal(to, next.Status);
        Assert.Equal(5, next.Seq);
        Assert.Equal(to.IsTerminal ? Now : null, next.FinishedAt);
    }

    [Fact]
    public void J1_Dispatch_takes_over_the_leases_facts_and_the_first_start()
    {
        var job = Make.Job() with { Seq = 1, TaskId = "old" };
        var sent = job.Dispatch(Lease, Make.AccountOne, Now)!;

        Assert.Equal((2, Lease.Id, 30L, Now), (sent.Attempt, sent.Lease!.Value, sent.Reserved, sent.StartedAt!.Value));
        Assert.Equal(Make.AccountOne, sent.Account);
        Assert.Null(sent.TaskId);

        var again = sent.Requeue(new JobRefusal(Make.AccountOne, 2, "1002"))!.Dispatch(Lease, Make.AccountOne, Now.AddHours(1))!;
        Assert.Equal(Now, again.StartedAt);
    }

    [Fact]
    public void J7_A_requeued_job_remembers_who_refused_it_and_holds_nothing()
    {
        var job = Make.Job().Dispatch(Lease, Make.AccountOne, Now)!.Requeue(new JobRefusal(Make.AccountOne, 2, "1002 busy"))!;

        Assert.Equal(new JobRefusal(Make.AccountOne, 2, "1002 busy"), Assert.Single(job.Refusals));
        Assert.Equal((null, null, 0L), (job.Lease, job.TaskId, job.Reserved));
        Assert.Equal("refused: 1002 busy", job.Reason);
    }

    [Theory]
    [InlineData("queued", 1, false)]
    [InlineData("submitting", 1, true)]
    [InlineData("running", 1, true)]
    [InlineData("unknown", 1, true)]
    [InlineData("running", 2, false)]
    [InlineData("succeeded", 1, false)]
    [InlineData("failed", 1, false)]
    [InlineData("cancelled", 1, false)]
    [InlineData("expired", 1, false)]
    public void J2_Evidence_is_of_the_present_attempt_only(string status, int attempt, bool isAt) =>
        Assert.Equal(isAt, (Make.Job() with { Status = JobNames.Status(status), Attempt = 1 }).IsAt(attempt));

    [Fact]
    public void J1_The_last_four_statuses_are_final() =>
        Assert.Equal(
            ["succeeded", "failed", "cancelled", "expired"],
            Enum.GetValues<JobStatus>().Where(status => status.IsTerminal).Select(status => status.Name));
}
