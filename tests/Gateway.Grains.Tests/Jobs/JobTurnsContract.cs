using Gateway.Engine.Accounts;
using Gateway.Engine.Jobs;
using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Jobs;

/// <summary>The turns of a job's life, scenario by scenario, as the store keeps them.</summary>
public abstract class JobTurnsContract : StoreTest
{
    private protected JobTurnsContract(TestDatabase database)
        : base(database)
    {
    }

    private protected TestNode Node { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Node = await NodeAsync();
        await Node.RunAsync(new SaveAccountTurn(Make.Spec(maxJobs: 1, daily: 100), "test"));
    }

    [Fact]
    public async Task J1_A_submitted_job_is_queued_with_its_first_event_and_its_body()
    {
        var job = Make.Job();
        var created = Assert.IsType<SubmitResult.Created>(await Node.RunAsync(Make.Submit(job)));

        Assert.Null(created.Lease);
        Assert.Equal((JobStatus.Queued, 1L, Clock.Now), (created.Job.Status, created.Job.Seq, created.Job.CreatedAt));
        await EventsAsync(job, "queued");
        Assert.Equal("{}"u8.ToArray(), await Store.Bodies.ReadAsync(job.Id, BodyPart.Request, job.Request, None));
    }

    [Fact]
    public async Task P5_The_same_key_and_body_is_answered_by_the_first_submit()
    {
        var job = Make.Job();
        var record = Make.Record("key", job.Id);
        await Node.RunAsync(Make.Submit(job, record));
        var before = Assert.IsType<SubmitResult.Replayed>(await SubmitAgainAsync());
        Assert.Equal((job.Id, null), (before.Record.Job, before.Record.Answer));

        Assert.True(
            await Node.RunAsync(new KeepAnswerTurn(record.Key, record.Job, new StoredAnswer(202, "application/json", [1], "/v1/jobs/1"))));
        Assert.False(await Node.RunAsync(new KeepAnswerTurn(record.Key, record.Job, new StoredAnswer(500, "application/json", [2]))));
        var after = Assert.IsType<SubmitResult.Replayed>(await SubmitAgainAsync());
        Assert.Equal((202, "/v1/jobs/1"), (after.Record.Answer!.Status, after.Record.Answer.Location));
        Assert.Equal(1, await Database.CountAsync("SELECT count(*) FROM job"));

        Task<SubmitResult> SubmitAgainAsync() =>
            Node.RunAsync(Make.Submit(Make.Job(), record with { Job = Make.JobId() }, Direct(Make.Job())));
    }

    [Fact]
    public async Task P5_The_same_key_with_another_body_is_an_error_and_another_key_is_another_job()
    {
        var job = Make.Job();
        await Node.RunAsync(Make.Submit(job, Make.Record("key", job.Id)));
        var second = Make.Job();

        Assert.IsType<SubmitResult.KeyReused>(await Node.RunAsync(Make.Submit(second, Make.Record("key", second.Id, "another print"))));
        Assert.IsType<SubmitResult.Created>(await Node.RunAsync(Make.Submit(second, Make.Record("Key", second.Id, "another print"))));
        Assert.Equal(2, await Database.CountAsync("SELECT count(*) FROM job"));
    }

    [Fact]
    public async Task P5_Two_submits_of_one_key_in_one_batch_make_one_job()
    {
        var (one, two) = (Make.Job(), Make.Job());
        var first = Node.Runner.RunAsync(Make.Submit(one, Make.Record("key", one.Id)), None);
        var second = Node.Runner.RunAsync(Make.Submit(two, Make.Record("key", two.Id)), None);
        await Node.BatchAsync();

        Assert.IsType<SubmitResult.Created>(await first);
        Assert.Equal(one.Id, Assert.IsType<SubmitResult.Replayed>(await second).Record.Job);
    }

    [Fact]
    public async Task P5_An_expired_key_is_free_again()
    {
        var (old, young) = (Make.Job(), Make.Job());
        var record = Make.Record("key", old.Id);
        await Node.RunAsync(Make.Submit(old, record));
        await Node.RunAsync(new KeepAnswerTurn(record.Key, record.Job, new StoredAnswer(202, "application/json", [1])));

        Clock.Advance(IdempotencyKey.Kept - TimeSpan.FromSeconds(1));
        Assert.IsType<SubmitResult.Replayed>(await Node.RunAsync(Make.Submit(young, record with { Job = young.Id })));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<SubmitResult.Created>(await Node.RunAsync(Make.Submit(young, record with { Job = young.Id, Fingerprint = "new" })));

        var replay = Assert.IsType<SubmitResult.Replayed>(
            await Node.RunAsync(Make.Submit(Make.Job(), record with { Fingerprint = "new" })));
        Assert.Equal((young.Id, null), (replay.Record.Job, replay.Record.Answer));
        Assert.NotNull(await Queries.JobAsync(old.Id, None));
    }

    [Fact]
    public async Task J11_A_submit_with_a_free_slot_is_created_and_dispatched_in_one_turn()
    {
        var job = Make.Job();
        var created = Assert.IsType<SubmitResult.Created>(await Node.RunAsync(Make.Submit(job, direct: Direct(job), mayQueue: false)));

        Assert.Equal((JobStatus.Submitting, 1, created.Lease!.Id), (created.Job.Status, created.Job.Attempt, created.Job.Lease!.Value));
        Assert.Equal((30L, created.Lease), ((await AccountAsync()).Reserved, Assert.Single((await AccountAsync()).Leases)));
        await EventsAsync(job, "queued", "submitting");
    }

    [Fact]
    public async Task J11_A_refused_submit_that_may_not_queue_leaves_no_job_and_uses_no_key()
    {
        await DispatchedAsync();
        var (job, later) = (Make.Job(), Make.Job());
        var refused = Assert.IsType<SubmitResult.NoCapacity>(
            await Node.RunAsync(Make.Submit(job, Make.Record("key", job.Id), Direct(job), mayQueue: false)));
        Assert.Equal(RefusalReason.NoFreeSlot, refused.Refusal.Reason);
        Assert.Null(await Queries.JobAsync(job.Id, None));
        Assert.Null(await Store.Bodies.ReadAsync(job.Id, BodyPart.Request, job.Request, None));

        Assert.IsType<SubmitResult.Created>(
            await Node.RunAsync(Make.Submit(later, Make.Record("key", later.Id, "another print"), Direct(later))));
        Assert.Equal(JobStatus.Queued, (await JobAsync(later)).Status);
    }

    [Fact]
    public async Task J11_Without_an_account_a_submit_that_may_not_queue_is_refused()
    {
        var job = Make.Job();

        Assert.IsType<SubmitResult.NoCapacity>(await Node.RunAsync(Make.Submit(job, mayQueue: false)));
        Assert.IsType<SubmitResult.NoCapacity>(
            await Node.RunAsync(Make.Submit(job, direct: Direct(job) with { Account = new AccountId("404") }, mayQueue: false)));
        Assert.Null(await Queries.JobAsync(job.Id, None));
    }

    [Fact]
    public async Task Q1_A_dispatch_rechecks_the_job_the_attempt_and_the_account()
    {
        var job = await QueuedAsync();
        var blocker = await QueuedAsync();

        Assert.Null((await Node.RunAsync(Make.Dispatch(Make.Job(), Make.AccountOne))).Job);
        Assert.Equal(RefusalReason.Deleted, (await Node.RunAsync(Make.Dispatch(job, new AccountId("404")))).Refusal!.Reason);
        Assert.Equal((null, null), Answer(await Node.RunAsync(Make.Dispatch(job, Make.AccountOne, attempt: 2))));
        Assert.Equal(RefusalReason.OutOfCredits, (await Node.RunAsync(Make.Dispatch(job, Make.AccountOne, ceiling: 101))).Refusal!.Reason);

        Assert.NotNull((await Node.RunAsync(Make.Dispatch(job, Make.AccountOne))).Lease);
        Assert.Equal((null, null), Answer(await Node.RunAsync(Make.Dispatch(job, Make.AccountOne))));
        Assert.Equal(RefusalReason.NoFreeSlot, (await Node.RunAsync(Make.Dispatch(blocker, Make.AccountOne))).Refusal!.Reason);
        await EventsAsync(job, "queued", "submitting");
        await EventsAsync(blocker, "queued");

        static (Lease?, Refusal?) Answer(DispatchResult result) => (result.Lease, result.Refusal);
    }

    [Fact]
    public async Task Q1_Two_dispatches_of_one_job_in_one_batch_take_one_slot()
    {
        await Node.RunAsync(new ChangeAccountTurn(Make.AccountOne, "test", "patch", account => account with { MaxJobs = 5 }));
        var job = await QueuedAsync();
        var answers = Enumerable.Range(0, 2).Select(_ => Node.Runner.RunAsync(Make.Dispatch(job, Make.AccountOne), None)).ToList();
        await Node.BatchAsync();

        Assert.Equal([true, false], (await Task.WhenAll(answers)).Select(answer => answer.Lease is not null));
        Assert.Single((await AccountAsync()).Leases);
    }

    [Fact]
    public async Task J3_The_task_id_is_noted_on_job_and_lease_and_noting_it_again_changes_nothing()
    {
        var (job, lease) = await DispatchedAsync();
        var note = () => Node.RunAsync(new NoteTaskTurn(Make.AccountOne, lease.Id, job.Id, 1, "task-1"));
        await note();
        await note();

        Assert.Equal((JobStatus.Running, "task-1"), ((await JobAsync(job)).Status, (await JobAsync(job)).TaskId));
        Assert.Equal("task-1", Assert.Single((await AccountAsync()).Leases).TaskId);
        await EventsAsync(job, "queued", "submitting", "running");
    }

    [Fact]
    public async Task J4_An_unknown_job_keeps_slot_and_reservation_and_the_task_id_brings_it_back()
    {
        var (job, lease) = await DispatchedAsync();
        await Node.RunAsync(new LoseSightTurn(job.Id, 1, "time-out"));
        Assert.Equal((JobStatus.Unknown, "time-out"), ((await JobAsync(job)).Status, (await JobAsync(job)).Reason));
        Assert.Equal(30, (await AccountAsync()).Reserved);

        await Node.RunAsync(new NoteTaskTurn(Make.AccountOne, lease.Id, job.Id, 1, "task-1"));
        Assert.Equal(JobStatus.Running, (await JobAsync(job)).Status);
        await EventsAsync(job, "queued", "submitting", "unknown", "running");
    }

    [Fact]
    public async Task L4_Success_moves_job_slot_credits_and_event_together()
    {
        var (job, lease) = await RunningAsync();
        // more than was asked for: H15
        var done = (await Node.RunAsync(new EndAttemptTurn(Make.AccountOne, lease.Id, job.Id, 1, Make.Success(units: 2))))!;

        Assert.Equal(
            (JobStatus.Succeeded, 30L, "file-1", Clock.Now), (done.Status, done.Charged!.Value, done.FileId, done.FinishedAt!.Value));
        var account = await AccountAsync();
        Assert.Equal((0, 30L, 0L), (account.Leases.Length, account.Credits.Used, account.Reserved));
        Assert.Equal("done"u8.ToArray(), await Store.Bodies.ReadAsync(job.Id, BodyPart.Result, done.Result!, None));
        await EventsAsync(job, "queued", "submitting", "running", "succeeded");

        // Evidence that comes twice changes nothing.
        await Node.RunAsync(new EndAttemptTurn(Make.AccountOne, lease.Id, job.Id, 1, Make.Success(units: 3)));
        Assert.Equal(30, (await JobAsync(job)).Charged);
        Assert.Equal(30, Assert.Single(await Queries.ChargesAsync(Make.AccountOne, None)).Charged);
    }

    [Fact]
    public async Task J2_Evidence_on_a_job_that_has_ended_moves_only_slot_and_ledger()
    {
        var (job, lease) = await RunningAsync();
        await Node.RunAsync(new CancelJobTurn(job.Id));
        Assert.Single((await AccountAsync()).Leases);
        await Node.RunAsync(new NoteTaskTurn(Make.AccountOne, lease.Id, job.Id, 1, "task-2"));
        Assert.Equal("task-2", Assert.Single((await AccountAsync()).Leases).TaskId);

        var ended = (await Node.RunAsync(new EndAttemptTurn(Make.AccountOne, lease.Id, job.Id, 1, Make.Success(units: 2))))!;
        Assert.Equal((JobStatus.Cancelled, 30L, null), (ended.Status, ended.Charged!.Value, ended.Result));
        Assert.Equal((0, 30L), ((await AccountAsync()).Leases.Length, (await AccountAsync()).Credits.Used));
        await EventsAsync(job, "queued", "submitting", "running", "cancelled");
    }

    [Fact]
    public async Task J7_A_pinned_job_whose_account_lacks_the_model_fails_at_once()
    {
        var job = await QueuedAsync(Make.Job(pinned: Make.AccountOne));
        var lease = (await Node.RunAsync(Make.Dispatch(job, Make.AccountOne))).Lease!;
        await EndAsync(
            job, lease,
            new AttemptEnd.Failed(Make.Error(ErrorClass.ModelUnavailable, Billed.No, code: 2061, coolDown: TimeSpan.FromHours(24))));

        Assert.Equal((JobStatus.Failed, 2061), ((await JobAsync(job)).Status, (await JobAsync(job)).Error!.UpstreamCode));
        Assert.Empty((await AccountAsync()).Leases);
    }

    [Fact]
    public async Task J2_Evidence_of_an_old_attempt_leaves_the_present_one_alone()
    {
        var (job, first) = await DispatchedAsync();
        await EndAsync(job, first, new AttemptEnd.Failed(Make.Error(billed: Billed.No)));
        var second = (await Node.RunAsync(Make.Dispatch(job, Make.AccountOne, attempt: 2))).Lease!;

        await Node.RunAsync(new NoteTaskTurn(Make.AccountOne, first.Id, job.Id, 1, "old"));
        await Node.RunAsync(new LoseSightTurn(job.Id, 1, "old"));
        Assert.False(await Node.RunAsync(new ExplainTurn(job.Id, 1, "old")));
        await EndAsync(job, first, Make.Success());

        var present = await JobAsync(job);
        Assert.Equal((JobStatus.Submitting, 2, second.Id, null), (present.Status, present.Attempt, present.Lease!.Value, present.TaskId));
        Assert.Null(Assert.Single((await AccountAsync()).Leases).TaskId);
    }

    // Status at which the cancel comes, status after it, leases after it.
    [Fact]
    public async Task J1_A_cancel_in_every_status()
    {
        var queued = await QueuedAsync();
        Assert.Equal(JobStatus.Cancelled, (await Node.RunAsync(new CancelJobTurn(queued.Id)))!.Status);
        Assert.Null((await Node.RunAsync(Make.Dispatch(queued, Make.AccountOne))).Lease);

        foreach (var unknown in new[] { false, true })
        {
            var (running, lease) = await RunningAsync();
            if (unknown) await Node.RunAsync(new LoseSightTurn(running.Id, 1, "time-out"));
            Assert.Equal(JobStatus.Cancelled, (await Node.RunAsync(new CancelJobTurn(running.Id)))!.Status);
            Assert.Equal(lease.Id, Assert.Single((await AccountAsync()).Leases).Id); // followed to the upstream's own end
            await EndAsync(running, lease, new AttemptEnd.Failed(Make.Error(billed: Billed.No)));
            Assert.Equal((JobStatus.Cancelled, 0L), ((await JobAsync(running)).Status, (await JobAsync(running)).Charged!.Value));
        }

        var (done, last) = await RunningAsync();
        await EndAsync(done, last, Make.Success());
        var version = (await JobAsync(done)).Version;
        Assert.Equal(JobStatus.Succeeded, (await Node.RunAsync(new CancelJobTurn(done.Id)))!.Status);
        Assert.Equal(version, (await JobAsync(done)).Version);
        Assert.Null(await Node.RunAsync(new CancelJobTurn(Make.JobId())));
    }

    [Fact]
    public async Task J1_A_cancel_while_submitting_is_remembered_and_applied_at_the_next_edge()
    {
        Dictionary<string, Func<JobState, Lease, Task>> edges = new()
        {
            ["running,cancelled"] = (job, lease) => Node.RunAsync(new NoteTaskTurn(Make.AccountOne, lease.Id, job.Id, 1, "task")),
            ["unknown,cancelled"] = (job, _) => Node.RunAsync(new LoseSightTurn(job.Id, 1, "time-out")),
            ["cancelled"] = (job, lease) => EndAsync(job, lease, new AttemptEnd.NotSent("never sent")),
            ["succeeded"] = (job, lease) => EndAsync(job, lease, Make.Success()),
            ["failed"] = (job, lease) => EndAsync(job, lease, new AttemptEnd.Failed(Make.Error(ErrorClass.Caller))),
        };
        foreach (var (expected, edge) in edges)
        {
            var (job, lease) = await DispatchedAsync();
            Assert.Equal(
                (JobStatus.Submitting, true),
                (await Node.RunAsync(new CancelJobTurn(job.Id))) is { } state ? (state.Status, state.CancelRequested) : default);
            await EventsAsync(job, "queued", "submitting");
            await edge(job, lease);
            await EventsAsync(job, ["queued", "submitting", .. expected.Split(',')]);
            if ((await AccountAsync()).FindLease(lease.Id) is not null) await EndAsync(job, lease, new AttemptEnd.Failed(Make.Error()));
        }
    }

    [Fact]
    public async Task J7_Attempts_are_bounded_and_the_job_names_who_refused()
    {
        var job = await QueuedAsync();
        for (var attempt = 1; attempt <= JobState.MaxAttempts; attempt++)
        {
            var lease = (await Node.RunAsync(Make.Dispatch(job, Make.AccountOne, attempt))).Lease!;
            await EndAsync(job, lease, new AttemptEnd.Failed(Make.Error(ErrorClass.Retry)), attempt);
            if (attempt < JobState.MaxAttempts) Assert.Equal(JobStatus.Queued, (await JobAsync(job)).Status);
            Clock.Advance(RetryPolicy.Default.Longest * 2); // past any back-off
        }

        var failed = await JobAsync(job);
        Assert.Equal((JobStatus.Failed, "attempts_exhausted", 0L), (failed.Status, failed.Error!.Code, failed.Charged!.Value));
        Assert.Equal([1, 2, 3, 4], failed.Refusals.Select(refusal => refusal.Attempt));
        Assert.All(failed.Refusals, refusal => Assert.Equal((Make.AccountOne, "1002 the vendor says no"), (refusal.Account, refusal.Why)));
        Assert.Equal(0, (await AccountAsync()).Credits.Used);
        Assert.Equal(JobState.MaxAttempts, (await Queries.ChargesAsync(Make.AccountOne, None)).Count);
    }

    [Fact]
    public async Task V5_Refusals_that_cost_nothing_and_are_about_an_account_are_no_attempts_and_the_last_of_each_is_kept()
    {
        ErrorClass[] classes =
        [
            ErrorClass.RateLimited, ErrorClass.FailOver, ErrorClass.Exhausted, ErrorClass.AuthDead, ErrorClass.ModelUnavailable,
            ErrorClass.OperationUnavailable
        ];
        var job = await QueuedAsync();
        for (var attempt = 1; attempt <= 4 * JobState.MaxAttempts; attempt++)
        {
            var lease = (await Node.RunAsync(Make.Dispatch(job, Make.AccountOne, attempt))).Lease!;
            await EndAsync(job, lease, new AttemptEnd.Failed(Make.Error(classes[attempt % classes.Length])), attempt);
            await Node.RunAsync(new ChangeAccountTurn(Make.AccountOne, "test", "reset", account => account.ResetHealth()));
            Clock.Advance(RetryPolicy.Default.Longest * 2);
            await Node.RunAsync(new WakeJobTurn(job.Id));
        }

        var waiting = await JobAsync(job);
        Assert.Equal((JobStatus.Queued, 4 * JobState.MaxAttempts), (waiting.Status, waiting.Attempt));
        var last = Assert.Single(waiting.Refusals);
        Assert.Equal((4 * JobState.MaxAttempts, (4 * JobState.MaxAttempts) - 1), (last.Attempt, last.Again));
    }

    // First account and status, second account and status, what becomes of the job, whether the second account is in doubt.
    [Fact]
    public async Task V3_Two_accounts_that_refuse_alike_without_a_proof_end_the_job_and_the_second_is_not_in_doubt()
    {
        await Node.RunAsync(new SaveAccountTurn(Make.Spec("2", maxJobs: 5), "test"));
        (int First, string Second, int Status, JobStatus Then, bool InDoubt)[] table =
        [
            (401, "2", 401, JobStatus.Failed, false),
            (401, "2", 403, JobStatus.Queued, true),
            (401, "1", 401, JobStatus.Queued, true),
        ];
        foreach (var row in table)
        {
            foreach (var id in new[] { Make.AccountOne, new AccountId("2") })
                await Node.RunAsync(new ChangeAccountTurn(id, "test", "reset", account => account.ResetHealth()));
            var (job, lease) = await DispatchedAsync();
            await EndAsync(job, lease, new AttemptEnd.Failed(Suspicious(row.First)));
            Assert.Equal(HealthState.Suspect, (await AccountAsync()).Health.StateAt(Clock.Now));
            await Node.RunAsync(new ChangeAccountTurn(Make.AccountOne, "test", "reset", account => account.ResetHealth()));
            var second = new AccountId(row.Second);
            var again = (await Node.RunAsync(Make.Dispatch(job, second, attempt: 2))).Lease!;
            await Node.RunAsync(new EndAttemptTurn(second, again.Id, job.Id, 2, new AttemptEnd.Failed(Suspicious(row.Status))));

            Assert.Equal(
                (row, row.Then, row.InDoubt),
                (row, (await JobAsync(job)).Status, (await AccountAsync(second)).Health.Suspicion is not null));
        }
    }

    [Fact]
    public async Task V3_An_account_that_is_let_in_again_and_refuses_a_job_three_times_without_a_proof_has_said_what_it_thinks_of_the_job()
    {
        var job = await QueuedAsync();
        for (var attempt = 1; attempt <= RetryTerms.MostSuspicions; attempt++)
        {
            Assert.Equal(JobStatus.Queued, (await JobAsync(job)).Status);
            var lease = (await Node.RunAsync(Make.Dispatch(job, Make.AccountOne, attempt))).Lease!;
            await EndAsync(job, lease, new AttemptEnd.Failed(Suspicious(401)), attempt);
            await Node.RunAsync(new ChangeAccountTurn(Make.AccountOne, "test", "reset", account => account.ResetHealth()));
            Clock.Advance(RetryPolicy.Default.Longest * 2);
            await Node.RunAsync(new WakeJobTurn(job.Id));
        }

        Assert.Equal((JobStatus.Failed, "not today"), ((await JobAsync(job)).Status, (await JobAsync(job)).Error!.Message));
    }

    [Fact]
    public async Task A11_One_jobs_passing_trouble_teaches_an_account_once_however_often_it_is_sent_there()
    {
        var (job, lease) = await DispatchedAsync();
        await EndAsync(job, lease, new AttemptEnd.Failed(Make.Error(ErrorClass.Retry, code: 1013)));
        Assert.Single((await AccountAsync()).Health.Failures);
        var again = (await Node.RunAsync(Make.Dispatch(job, Make.AccountOne, attempt: 2))).Lease!;
        await EndAsync(job, again, new AttemptEnd.Failed(Make.Error(ErrorClass.Retry, code: 1013)), attempt: 2);
        Assert.Single((await AccountAsync()).Health.Failures);

        // What was sent once more within an attempt has been learned from before.
        var (other, held) = await DispatchedAsync();
        await EndAsync(other, held, new AttemptEnd.Failed(Make.Error(ErrorClass.Retry, code: 1013), IsRepeat: true));
        Assert.Single((await AccountAsync()).Health.Failures);
    }

    private static UpstreamError Suspicious(int status) =>
        new(ErrorClass.Suspect, Code: null, "not today", Billed.No, TimeSpan.Zero, HttpStatus: status);

    [Fact]
    public async Task J7_An_overload_is_waited_for_and_neither_the_job_nor_an_account_pays_for_it()
    {
        var job = await QueuedAsync();
        for (var attempt = 1; attempt <= 3 * JobState.MaxAttempts; attempt++)
        {
            var lease = (await Node.RunAsync(Make.Dispatch(job, Make.AccountOne, attempt))).Lease!;
            await EndAsync(job, lease, new AttemptEnd.Failed(Make.Error(ErrorClass.Overload, code: 2064)), attempt);
        }

        var waiting = await JobAsync(job);
        Assert.Equal(JobStatus.Queued, waiting.Status);
        Assert.Single(waiting.Refusals);
        Assert.Null((await AccountAsync()).Health.Until);
    }

    // Rule, first refusal's account and code, second one's, what becomes of the job and whether the second account learns.
    [Fact]
    public async Task J7_What_two_accounts_say_alike_ends_the_job_and_the_second_learns_nothing()
    {
        await Node.RunAsync(new SaveAccountTurn(Make.Spec("2", maxJobs: 5), "test"));
        (RetryRule Rule, int First, string Second, int Code, JobStatus Status, int Failures)[] table =
        [
            (RetryRule.UntilTwoAgree, 1000, "2", 1000, JobStatus.Failed, 0),
            (RetryRule.UntilTwoAgree, 1000, "1", 1000, JobStatus.Queued, 0),
            (RetryRule.UntilTwoAgree, 1033, "2", 1000, JobStatus.Queued, 1),
            (RetryRule.OnceHereOnceElsewhere, 4711, "1", 4711, JobStatus.Failed, 0),
            (RetryRule.OnceHereOnceElsewhere, 4712, "2", 4711, JobStatus.Queued, 1),
            (RetryRule.Usual, 1013, "2", 1013, JobStatus.Queued, 1),
        ];
        foreach (var row in table)
        {
            foreach (var id in new[] { Make.AccountOne, new AccountId("2") })
                await Node.RunAsync(new ChangeAccountTurn(id, "test", "reset", account => account.ResetHealth()));
            var (job, lease) = await DispatchedAsync();
            await EndAsync(job, lease, new AttemptEnd.Failed(Make.Error(ErrorClass.Retry, code: row.First) with { Retry = row.Rule }));
            var second = new AccountId(row.Second);
            var again = (await Node.RunAsync(Make.Dispatch(job, second, attempt: 2))).Lease!;
            await Node.RunAsync(
                new EndAttemptTurn(
                    second, again.Id, job.Id, 2,
                    new AttemptEnd.Failed(Make.Error(ErrorClass.Retry, code: row.Code) with { Retry = row.Rule })));

            var ended = await JobAsync(job);
            Assert.Equal((row, row.Status), (row, ended.Status));
            if (row.Status == JobStatus.Failed)
                Assert.Equal((row.Code, "upstream_error"), (ended.Error!.UpstreamCode!.Value, ended.Error.Code));
            if (row.Second == "2") Assert.Equal((row, row.Failures), (row, (await AccountAsync(second)).Health.Failures.Length));
            Assert.Empty((await AccountAsync(second)).Leases);
        }
    }

    // Class, billed, status after it, charged.
    [Fact]
    public async Task C3_J10_A_failure_is_retried_only_when_it_was_unbilled_and_another_answer_is_possible()
    {
        (ErrorClass Class, Billed Billed, JobStatus Status, long Charged)[] table =
        [
            (ErrorClass.FailOver, Billed.No, JobStatus.Queued, 0), (ErrorClass.Retry, Billed.No, JobStatus.Queued, 0),
            (ErrorClass.Overload, Billed.No, JobStatus.Queued, 0),
            (ErrorClass.FailOver, Billed.Yes, JobStatus.Failed, 30), (ErrorClass.Retry, Billed.Unknown, JobStatus.Failed, 30),
            (ErrorClass.Overload, Billed.Unknown, JobStatus.Failed, 30),
            (ErrorClass.Caller, Billed.No, JobStatus.Failed, 0), (ErrorClass.Moderation, Billed.No, JobStatus.Failed, 0),
            (ErrorClass.Moderation, Billed.Yes, JobStatus.Failed, 30),
        ];
        await Node.RunAsync(new ChangeAccountTurn(Make.AccountOne, "test", "patch", account => account with { DailyCredits = null }));
        var used = 0L;
        foreach (var row in table)
            foreach (var running in new[] { false, true })
            {
                var (job, lease) = running ? await RunningAsync() : await DispatchedAsync();
                await EndAsync(job, lease, new AttemptEnd.Failed(Make.Error(row.Class, row.Billed)));
                used += row.Charged;

                var ended = await JobAsync(job);
                Assert.Equal((row, row.Status), (row, ended.Status));
                if (ended.Status == JobStatus.Failed)
                    Assert.Equal(
                        (row.Charged, row.Class == ErrorClass.Moderation ? "moderated" : "upstream_error", 1002),
                        (ended.Charged!.Value, ended.Error!.Code, ended.Error.UpstreamCode!.Value));
                Assert.Equal((used, 0), ((await AccountAsync()).Credits.Used, (await AccountAsync()).Leases.Length));
            }
    }

    [Fact]
    public async Task J4_L4_A_lapse_at_hard_end_frees_the_slot_fails_the_job_and_charges_the_reserve()
    {
        foreach (var unknown in new[] { false, true })
        {
            var (job, lease) = await RunningAsync();
            if (unknown) await Node.RunAsync(new LoseSightTurn(job.Id, 1, "time-out"));
            Clock.Set(lease.HardEnd);
            Assert.True(lease.HasLapsed(Clock.Now));
            await EndAsync(job, lease, new AttemptEnd.Lapsed(new JobError("hard_end", "no answer in time")));

            var failed = await JobAsync(job);
            Assert.Equal((JobStatus.Failed, "hard_end", 30L), (failed.Status, failed.Error!.Code, failed.Charged!.Value));
            Assert.Empty((await AccountAsync()).Leases);

            // The answer that comes after all changes neither.
            await EndAsync(job, lease, Make.Success());
            Assert.Equal((JobStatus.Failed, 30L), ((await JobAsync(job)).Status, (await JobAsync(job)).Charged!.Value));
        }

        Assert.Equal(60, (await AccountAsync()).Credits.Used);
    }

    [Fact]
    public async Task C2_An_attempt_that_ends_tomorrow_is_charged_to_the_day_it_began()
    {
        Clock.Set(Make.Noon.Date.AddDays(1).AddMinutes(-10));
        var (job, lease) = await RunningAsync();
        Clock.Advance(TimeSpan.FromMinutes(20));
        await EndAsync(job, lease, Make.Success());

        Assert.Equal(new DateOnly(2026, 1, 15), Assert.Single(await Queries.ChargesAsync(Make.AccountOne, None)).Day);
        Assert.Equal((new DateOnly(2026, 1, 16), 0L), ((await AccountAsync()).Credits.Day, (await AccountAsync()).Credits.Used));
    }

    [Fact]
    public async Task L5_An_adopted_lease_is_followed_on_by_its_new_owner_and_only_one_adopts()
    {
        var (job, lease) = await RunningAsync();
        var heir = await NodeAsync();
        var other = await NodeAsync();

        Assert.Equal(heir.Incarnation, (await heir.RunAsync(new AdoptLeaseTurn(Make.AccountOne, lease.Id, lease.Owner)))!.Owner);
        Assert.Null(await other.RunAsync(new AdoptLeaseTurn(Make.AccountOne, lease.Id, lease.Owner)));
        var adopted = Assert.Single((await AccountAsync()).Leases);
        Assert.Equal((heir.Incarnation, 1, "task-1", job.Id), (adopted.Owner, adopted.Attempt, adopted.TaskId, adopted.Job!.Value));
        Assert.Equal(
            JobStatus.Succeeded, (await heir.RunAsync(new EndAttemptTurn(Make.AccountOne, lease.Id, job.Id, 1, Make.Success())))!.Status);
    }

    [Fact]
    public async Task L8_A_deleted_account_follows_its_job_to_the_end_and_then_forgets_its_secret()
    {
        var (job, lease) = await RunningAsync();
        await Node.RunAsync(new ChangeAccountTurn(Make.AccountOne, "admin", "account.delete", account => account.Delete()));
        Assert.Equal((true, "sealed"), ((await AccountAsync()).Deleted, (await AccountAsync()).SealedSecret));
        Assert.Null(await Node.RunAsync(new ChangeAccountTurn(Make.AccountOne, "admin", "account.drain", account => account.Drain())));

        await EndAsync(job, lease, Make.Success());
        Assert.Equal(JobStatus.Succeeded, (await JobAsync(job)).Status);
        Assert.Equal(("", 30L), ((await AccountAsync()).SealedSecret, (await AccountAsync()).Credits.Used));

        var pinned = await QueuedAsync();
        Assert.Equal(
            "account_deleted", (await Node.RunAsync(new FailQueuedTurn(pinned.Id, new JobError("account_deleted", "gone"))))!.Error!.Code);
        Assert.Equal(0, (await JobAsync(pinned)).Charged);
    }

    [Fact]
    public async Task J7_a_job_refused_again_is_in_no_queue_before_its_back_off_ends()
    {
        var job = await QueuedAsync();
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            Assert.Equal(job.Id, Assert.Single(await Queries.HeadsAsync(await Queries.QueuesAsync(None), 5, None)).Id);
            var lease = (await Node.RunAsync(Make.Dispatch(job, Make.AccountOne, attempt))).Lease!;
            await EndAsync(job, lease, new AttemptEnd.Failed(Make.Error(ErrorClass.Retry, code: 1033)), attempt);
        }

        var pausing = await JobAsync(job);
        Assert.Equal(JobStatus.Queued, pausing.Status);
        Assert.InRange(pausing.NotBefore!.Value - Clock.Now, TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(1.2));
        Assert.Empty(await Queries.QueuesAsync(None));
        Assert.Null((await Node.RunAsync(Make.Dispatch(job, Make.AccountOne, 3))).Lease);
        Clock.Advance(TimeSpan.FromSeconds(1.3));
        Assert.True(await Node.RunAsync(new WakeJobTurn(job.Id)));
        Assert.NotNull((await Node.RunAsync(Make.Dispatch(job, Make.AccountOne, 3))).Lease);
    }

    [Fact]
    public async Task J1_Only_queued_jobs_fail_in_the_queue()
    {
        var (running, _) = await RunningAsync();
        Assert.Equal(JobStatus.Running, (await Node.RunAsync(new FailQueuedTurn(running.Id, new JobError("x", "y"))))!.Status);
        Assert.False(await Node.RunAsync(new WakeJobTurn(Make.JobId())));
    }

    [Fact]
    public async Task J6_A_job_expires_when_the_queues_age_limit_has_passed_and_not_before()
    {
        var queued = await QueuedAsync();
        Clock.Advance(JobState.DefaultMaxQueueAge - TimeSpan.FromSeconds(1));
        Assert.False(await Node.RunAsync(new WakeJobTurn(queued.Id)));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await Node.RunAsync(new WakeJobTurn(queued.Id)));
        Assert.Equal(
            (JobStatus.Expired, "queue_age", 0L),
            ((await JobAsync(queued)).Status, (await JobAsync(queued)).Reason, (await JobAsync(queued)).Reserved));
        await EventsAsync(queued, "queued", "expired");
        Assert.Null(await Queries.NextWakeAsync(None));
    }

    [Fact]
    public async Task J1_A_job_with_runAt_is_durable_in_no_queue_before_it_and_its_age_counts_from_then()
    {
        var job = Make.Job() with { RunAt = Clock.Now.AddDays(2) };
        var created = Assert.IsType<SubmitResult.Created>(await Node.RunAsync(Make.Submit(job, direct: Direct(job))));
        Assert.Null(created.Lease);
        Assert.Equal((JobStatus.Queued, job.RunAt), (created.Job.Status, created.Job.NotBefore));
        Assert.Empty(await Queries.QueuesAsync(None));
        Assert.Equal(job.RunAt, await Queries.NextWakeAsync(None));
        Assert.Null((await Node.RunAsync(Make.Dispatch(job, Make.AccountOne))).Lease);

        Clock.Advance(TimeSpan.FromDays(2));
        Assert.True(await Node.RunAsync(new WakeJobTurn(job.Id)));
        Assert.False(await Node.RunAsync(new WakeJobTurn(job.Id)));
        Assert.Equal(job.Id, Assert.Single(await Queries.HeadsAsync(await Queries.QueuesAsync(None), 5, None)).Id);
        await EventsAsync(job, "queued");
        Assert.Equal(job.RunAt + JobState.DefaultMaxQueueAge, await Queries.NextWakeAsync(None));
        Assert.NotNull((await Node.RunAsync(Make.Dispatch(job, Make.AccountOne))).Lease);
    }

    [Fact]
    public async Task J1_startBy_expires_a_queued_job_and_leaves_a_running_one()
    {
        var (queued, running) = (
            Make.Job() with { StartBy = Clock.Now.AddMinutes(1) }, Make.Job() with { StartBy = Clock.Now.AddMinutes(1) });
        await Node.RunAsync(Make.Submit(queued));
        await Node.RunAsync(Make.Submit(running, direct: Direct(running)));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await Node.RunAsync(new WakeJobTurn(queued.Id)));
        Assert.False(await Node.RunAsync(new WakeJobTurn(running.Id)));
        Assert.Equal((JobStatus.Expired, "start_by"), ((await JobAsync(queued)).Status, (await JobAsync(queued)).Reason));
        Assert.Equal(JobStatus.Submitting, (await JobAsync(running)).Status);
    }

    [Fact]
    public async Task J1_L4_finishBy_fails_a_running_job_whose_slot_is_held_to_the_upstreams_end()
    {
        var job = Make.Job() with { FinishBy = Clock.Now.AddMinutes(1) };
        var created = Assert.IsType<SubmitResult.Created>(await Node.RunAsync(Make.Submit(job, direct: Direct(job))));
        await Node.RunAsync(new NoteTaskTurn(Make.AccountOne, created.Lease!.Id, job.Id, 1, "task"));
        Assert.Equal(job.FinishBy, await Queries.NextWakeAsync(None));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await Node.RunAsync(new WakeJobTurn(job.Id)));
        Assert.False(await Node.RunAsync(new WakeJobTurn(job.Id)));
        Assert.Equal((JobStatus.Failed, "finish_by"), ((await JobAsync(job)).Status, (await JobAsync(job)).Error!.Code));
        Assert.Single((await AccountAsync()).Leases);

        await EndAsync(job, created.Lease, Make.Success());
        Assert.Empty((await AccountAsync()).Leases);
        Assert.Equal((JobStatus.Failed, 30L), ((await JobAsync(job)).Status, (await JobAsync(job)).Charged!.Value));
        await EventsAsync(job, "queued", "submitting", "running", "failed");
    }

    [Fact]
    public async Task J1_finishBy_while_the_request_is_sent_fails_the_job_and_its_task_is_followed_on()
    {
        var job = Make.Job() with { FinishBy = Clock.Now.AddMinutes(1) };
        var created = Assert.IsType<SubmitResult.Created>(await Node.RunAsync(Make.Submit(job, direct: Direct(job))));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await Node.RunAsync(new WakeJobTurn(job.Id)));
        await Node.RunAsync(new NoteTaskTurn(Make.AccountOne, created.Lease!.Id, job.Id, 1, "task"));
        Assert.Equal(JobStatus.Failed, (await JobAsync(job)).Status);
        Assert.Equal("task", Assert.Single((await AccountAsync()).Leases).TaskId);
    }

    [Fact]
    public async Task J8_A_reason_is_explained_without_an_event_and_cleared_again()
    {
        var (job, _) = await RunningAsync();
        Assert.True(await Node.RunAsync(new ExplainTurn(job.Id, 1, "account unreadable")));
        Assert.False(await Node.RunAsync(new ExplainTurn(job.Id, 1, "account unreadable")));
        Assert.Equal("account unreadable", (await JobAsync(job)).Reason);
        Assert.True(await Node.RunAsync(new ExplainTurn(job.Id, 1, null)));
        await EventsAsync(job, "queued", "submitting", "running");
    }

    private async Task<JobState> QueuedAsync(JobState? job = null) =>
        Assert.IsType<SubmitResult.Created>(await Node.RunAsync(Make.Submit(job ?? Make.Job()))).Job;

    private async Task<(JobState Job, Lease Lease)> DispatchedAsync()
    {
        var job = Make.Job();
        var created = Assert.IsType<SubmitResult.Created>(await Node.RunAsync(Make.Submit(job, direct: Direct(job), mayQueue: false)));
        return (created.Job, created.Lease!);
    }

    private async Task<(JobState Job, Lease Lease)> RunningAsync()
    {
        var (job, lease) = await DispatchedAsync();
        await Node.RunAsync(new NoteTaskTurn(Make.AccountOne, lease.Id, job.Id, 1, "task-1"));
        return (job, lease);
    }

    private Task EndAsync(JobState job, Lease lease, AttemptEnd end, int attempt = 1) =>
        Node.RunAsync(new EndAttemptTurn(Make.AccountOne, lease.Id, job.Id, attempt, end));

    private async Task EventsAsync(JobState job, params string[] expected)
    {
        var events = await Queries.EventsAsync(job.Id, 0, 100, None);
        Assert.Equal(expected, events.Select(change => change.Status.Name));
        Assert.Equal(Enumerable.Range(1, expected.Length).Select(seq => (long)seq), events.Select(change => change.Seq));
    }

    private static DirectDispatch Direct(JobState job) => new(Make.AccountOne, Make.ForJob(job.Id, model: job.Model));
}

public sealed class SqliteJobTurnsTests() : JobTurnsContract(new SqliteTestDatabase());

public sealed class PostgresJobTurnsTests() : JobTurnsContract(new PostgresTestDatabase());
