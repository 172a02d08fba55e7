using System.Text;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Teams;

namespace Gateway.Grains.Tests.Storage;

/// <summary>What every dialect of the store must do.</summary>
public abstract class StoreContract : StoreTest
{
    private ITurnStore _turns = null!;
    private NodeIdentity _node = null!;

    private protected StoreContract(TestDatabase database)
        : base(database)
    {
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _node = await Store.Nodes.RegisterAsync(None);
        _turns = Store.OpenTurnStore(_node);
    }

    public override async ValueTask DisposeAsync()
    {
        await _turns.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task S5_Migrating_again_changes_nothing()
    {
        await SaveAsync(changes => changes.Teams.Add(new TeamState(new TeamId("t"), "kept", 3, Clock.Now)));
        await Store.MigrateAsync(None);
        await Store.MigrateAsync(None);

        Assert.NotNull(await Queries.TeamAsync(new TeamId("t"), None));
        Assert.NotNull(await Queries.TeamAsync(TeamId.Default, None));
    }

    [Fact]
    public async Task S5_Several_nodes_may_migrate_at_once() =>
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Store.MigrateAsync(None))));

    [Fact]
    public async Task An_account_reads_back_as_it_was_saved()
    {
        var account = Make.Account(maxJobs: 4, daily: 500, zone: "Asia/Shanghai") with
        {
            Name = "Überkonto \"1\"",
            TokenExpiresAt = Clock.Now.AddDays(1),
            TokenIssuedAt = Clock.Now,
            Models = ["a", "b"],
            ReservedForCalls = 1,
            Draining = true,
            Health = Health.Good.Cool(Clock.Now.AddMinutes(1), "rest").After(
                Make.Error(ErrorClass.ModelUnavailable, coolDown: TimeSpan.FromHours(1)), "m", Clock.Now),
        };
        var (leased, lease, _) = Make.Account(maxJobs: 4).Acquire(Make.ForJob(Make.JobId()), Make.VideoLimit, Clock.Now);
        account = account with { Leases = leased.NoteTask(lease!.Id, "task-1").Leases };
        await SaveAsync(changes => changes.Accounts.Add(account.Id, account));

        foreach (var read in new[] { await Queries.AccountAsync(account.Id, None), Assert.Single(await Queries.AccountsAsync(None)), Assert.Single((await LoadAsync(rows => rows.Accounts.Add(account.Id))).Accounts) })
        {
            Assert.Equal(1, read!.Version);
            Assert.Equal(Json(account), Json(read));
        }

        Assert.Equal(
            ["4,1,30,0"], await Database.ListAsync("SELECT max_jobs || ',' || running || ',' || reserved || ',' || used FROM account"));
    }

    [Fact]
    public async Task An_accounts_version_rises_with_each_save_and_a_cached_state_is_never_an_old_one()
    {
        await SaveAsync(changes => changes.Accounts.Add(Make.AccountOne, Make.Account()));
        var other = Store.OpenTurnStore(await Store.Nodes.RegisterAsync(None));
        for (var i = 1; i <= 4; i++)
        {
            // By turns through this connection and another: each has to see what the other saved.
            var store = i % 2 == 0 ? _turns : other;
            var account = Assert.Single((await LoadAsync(rows => rows.Accounts.Add(Make.AccountOne), store)).Accounts);
            Assert.Equal((i, 2 + i - 1), (account.Version, account.MaxJobs));
            await SaveAsync(changes => changes.Accounts.Add(account.Id, account with { MaxJobs = account.MaxJobs + 1 }), store);
        }

        await other.DisposeAsync();
    }

    [Fact]
    public async Task T1_What_is_rolled_back_was_never_there()
    {
        await _turns.BeginAsync(new RowSet(), None);
        await _turns.RollbackAsync(None);
        Assert.Equal(0, await Database.CountAsync($"SELECT batch_no FROM node WHERE incarnation = '{_node.Incarnation}'"));

        await SaveAsync(changes => changes.Accounts.Add(Make.AccountOne, Make.Account()));
        Assert.Equal(1, await Database.CountAsync($"SELECT batch_no FROM node WHERE incarnation = '{_node.Incarnation}'"));
    }

    [Fact]
    public async Task A_job_reads_back_as_it_was_saved_from_row_and_event()
    {
        var lease = Make.Account().Acquire(Make.ForJob(Make.JobId(), attempt: 2), Make.VideoLimit, Clock.Now).Lease!;
        var job = (Make.Job(pinned: Make.AccountOne, priority: 9) with { CreatedAt = Clock.Now, Seq = 1 })
            .Dispatch(lease, Make.AccountOne, Clock.Now)!.Requeue(new JobRefusal(Make.AccountOne, 2, "1002 busy"))!
            .Dispatch(lease, Make.AccountOne, Clock.Now)!.Run("task-9")!.RequestCancel() with
        { Request = new BodyRef(99, "large", "text/plain") };
        await SaveJobsAsync(job);

        var succeeded = job.Succeed(new BodyRef(4, null, "video/mp4"), "file-1", 25, Clock.Now)!;
        var stored = (await Queries.JobAsync(job.Id, None))!;
        Assert.Equal(Json(job), Json(stored));
        Assert.Equal(1, stored.Version);
        Assert.Equal(Json(job), Json(Assert.Single((await LoadAsync(rows => rows.Jobs.Add(job.Id))).Jobs)));

        await SaveJobsAsync(succeeded with { Version = 1 });
        var events = await Queries.EventsAsync(job.Id, after: job.Seq, limit: 10, None);
        var last = Assert.Single(events);
        Assert.Equal((succeeded.Seq, JobStatus.Succeeded, Clock.Now), (last.Seq, last.Status, last.At));
        Assert.Equal(Json(succeeded), Json(last.State));
    }

    [Fact]
    public async Task P1_Events_come_after_a_seq_in_order_and_no_more_than_asked()
    {
        var job = Make.Job();
        await SaveAsync(changes =>
        {
            foreach (var seq in new long[] { 3, 1, 5, 2, 4 })
                changes.Events.Add(new JobEvent(job.Id, seq, JobStatus.Queued, Clock.Now, job with { Seq = seq }));
            changes.Events.Add(new JobEvent(Make.JobId(), 4, JobStatus.Queued, Clock.Now, job));
        });

        Assert.Equal([1, 2, 3, 4, 5], (await Queries.EventsAsync(job.Id, 0, 10, None)).Select(change => change.Seq));
        Assert.Equal([3, 4], (await Queries.EventsAsync(job.Id, 2, 2, None)).Select(change => change.Seq));
        Assert.Empty(await Queries.EventsAsync(job.Id, 5, 10, None));
    }

    [Fact]
    public async Task P1_A_seq_is_used_once_per_job()
    {
        var job = Make.Job();
        await SaveAsync(changes => changes.Events.Add(new JobEvent(job.Id, 1, JobStatus.Queued, Clock.Now, job)));

        await RefusedAsync(changes => changes.Events.Add(new JobEvent(job.Id, 1, JobStatus.Failed, Clock.Now, job)));
    }

    [Fact]
    public async Task C4_A_lease_is_charged_once_by_the_tables_primary_key()
    {
        var charge = new Charge(LeaseId.New(), Make.AccountOne, new DateOnly(2026, 1, 15), JobKind.Video, 30, 25, Make.JobId(), Clock.Now);
        var call = new Charge(LeaseId.New(), Make.AccountOne, new DateOnly(2026, 1, 14), JobKind.Chat, 0, 0, null, Clock.Now.AddSeconds(1));
        await SaveAsync(changes => AddCharges(changes, charge, call));

        Assert.Equal([charge, call], await Queries.ChargesAsync(Make.AccountOne, None));
        await RefusedAsync(changes => AddCharges(changes, charge with { Charged = 1 }));
        Assert.Equal(2, (await Queries.ChargesAsync(Make.AccountOne, None)).Count);
        Assert.Empty(await Queries.ChargesAsync(new AccountId("2"), None));
    }

    [Fact]
    public async Task P5_An_idempotency_record_reads_back_and_its_answer_is_added_later()
    {
        var record = Make.Record("schlüssel\n1", Make.JobId()) with { ExpiresAt = Clock.Now.AddDays(1) };
        await SaveAsync(changes => changes.Keys.Add(record.Key, record));
        var read = Assert.Single((await LoadAsync(rows => rows.Keys.Add(record.Key))).Keys);
        Assert.Equal(record, read);

        var answer = new StoredAnswer(202, "application/json", [0, 255, 1], "/v1/jobs/7");
        await SaveAsync(changes => changes.Keys.Add(record.Key, record with { Answer = answer }));
        read = Assert.Single((await LoadAsync(rows => rows.Keys.Add(record.Key))).Keys);
        Assert.Equal((202, "application/json", "/v1/jobs/7"), (read.Answer!.Status, read.Answer.ContentType, read.Answer.Location));
        Assert.Equal(answer.Body, read.Answer.Body);
        Assert.Empty((await LoadAsync(rows => rows.Keys.Add(record.Key with { Key = "another" }))).Keys);
    }

    [Fact]
    public async Task T4_Keys_accounts_and_jobs_of_one_batch_are_all_loaded()
    {
        var job = Make.Job() with { Seq = 1 };
        var record = Make.Record("k", job.Id) with { ExpiresAt = Clock.Now };
        await SaveJobsAsync(job);
        await SaveAsync(changes =>
        {
            changes.Keys.Add(record.Key, record);
            foreach (var id in new[] { "10", "9" }) changes.Accounts.Add(new AccountId(id), Make.Account(id: id));
        });

        var loaded = await LoadAsync(rows =>
        {
            rows.Keys.UnionWith([record.Key, record.Key with { Key = "none" }]);
            rows.Accounts.UnionWith([new AccountId("9"), new AccountId("10"), new AccountId("11")]);
            rows.Jobs.UnionWith([job.Id, Make.JobId()]);
        });
        Assert.Equal(["10", "9"], loaded.Accounts.Select(account => account.Id.Value));
        Assert.Equal(job.Id, Assert.Single(loaded.Jobs).Id);
        Assert.Equal(record, Assert.Single(loaded.Keys));
        Assert.Equal(Clock.Now, loaded.Now);
    }

    [Fact]
    public async Task Teams_tokens_audit_and_parked_obligations_read_back()
    {
        var team = new TeamState(new TeamId("team_1"), "Entwicklung", 7, Clock.Now);
        var token = new ApiToken("tok_1", "hash-1", team.Id, ["jobs", "admin"], Clock.Now, Clock.Now.AddDays(30));
        var forever = new ApiToken("tok_2", "hash-2", team.Id, [], Clock.Now, ExpiresAt: null);
        await SaveAsync(changes =>
        {
            changes.Teams.Add(team);
            changes.Tokens.AddRange([token, forever]);
            changes.Audit.AddRange(
                [new AuditEntry("admin", "account.save", "1", null, Clock.Now), new AuditEntry("admin", "lease.release", "1", "by hand", Clock.Now)]);
            changes.Parked.Add(new ParkedObligation("EndAttemptTurn", "account 1 job 2", "no", Clock.Now));
        });

        Assert.Equal(team, await Queries.TeamAsync(team.Id, None));
        Assert.Equal([TeamId.Default, team.Id], (await Queries.TeamsAsync(None)).Select(each => each.Id));
        Assert.Null(await Queries.TeamAsync(new TeamId("none"), None));
        Assert.Equivalent(token, await Queries.TokenAsync("hash-1", None), strict: true);
        Assert.Equivalent(forever, await Queries.TokenAsync("hash-2", None), strict: true);
        Assert.Null(await Queries.TokenAsync("hash-3", None));
        Assert.Equal(["account.save", "lease.release"], await Database.ListAsync("SELECT action FROM audit ORDER BY id"));
        Assert.Equal(["EndAttemptTurn"], await Database.ListAsync("SELECT kind FROM parked_obligation"));

        await RefusedAsync(changes => changes.Teams.Add(team with { Id = new TeamId("team_2") }));
        await RefusedAsync(changes => changes.Tokens.Add(token with { Id = "tok_3" }));
    }

    [Fact]
    public async Task Bad_states_are_refused_by_the_database_itself()
    {
        var queued = Make.Job() with { Seq = 1 };
        var running = queued with { Status = JobStatus.Running, Account = Make.AccountOne, Lease = LeaseId.New() };
        var full = Make.Account(maxJobs: 10);
        for (var i = 0; i < 10; i++) full = full.Acquire(Make.Call(), Make.VideoLimit, Clock.Now).Next;

        JobState[] jobs =
        [
            queued with { Priority = 10 }, queued with { Priority = -1 }, queued with { Attempt = -1 }, queued with { Seq = 0 },
            queued with { Lease = LeaseId.New() }, running with { Lease = null }, running with { Account = null },
            running with { Status = JobStatus.Submitting, Lease = null }, running with { Status = JobStatus.Submitting, Account = null },
        ];
        AccountState[] accounts =
        [
            Make.Account(maxJobs: 0), Make.Account(maxJobs: 11), Make.Account(id: "12a"), Make.Account(id: ""),
            Make.Account(id: new string('1', 33)),
            full with { Leases = full.Leases.Add(full.Leases[0] with { Id = LeaseId.New() }) },
            full with { Credits = full.Credits with { Used = -1 } },
        ];

        foreach (var job in jobs) await RefusedAsync(changes => changes.Jobs.Add(job.Id, job));
        foreach (var account in accounts) await RefusedAsync(changes => changes.Accounts.Add(account.Id, account));
        await RefusedAsync(changes => changes.Teams.Add(new TeamState(new TeamId("t"), "", 1, Clock.Now)));
        await RefusedAsync(changes => changes.Teams.Add(new TeamState(new TeamId("t"), "n", 0, Clock.Now)));
        await RefusedAsync(
            changes => AddCharges(changes, new Charge(LeaseId.New(), Make.AccountOne, default, JobKind.Chat, -1, 0, null, Clock.Now)));
        await RefusedAsync(
            changes => AddCharges(changes, new Charge(LeaseId.New(), Make.AccountOne, default, JobKind.Chat, 0, -1, null, Clock.Now)));

        await SaveAsync(changes => changes.Jobs.Add(running.Id, running));
        await SaveAsync(changes => changes.Accounts.Add(full.Id, full));
    }

    [Fact]
    public async Task Q2_A_queues_heads_are_its_oldest()
    {
        JobState[] jobs =
        [
            Queued(1, priority: 5), Queued(2, priority: 9), Queued(3, priority: 5), Queued(4, priority: 9), Queued(5, priority: 0),
            Queued(6, priority: 9) with { Status = JobStatus.Expired },
            Queued(7, priority: 9, model: "other"),
        ];
        await SaveJobsAsync(jobs);
        var lane = jobs[0].Lane;

        QueueKey[] queues = [new(lane, TeamId.Default, 9), new(lane, TeamId.Default, 5)];
        Assert.Equal([2, 4, 1, 3], Ids(await Queries.HeadsAsync(queues, 10, None)));
        Assert.Equal([2, 1], Ids(await Queries.HeadsAsync(queues, 1, None)));
        Assert.Empty(await Queries.HeadsAsync([new("video|*|unheard-of", TeamId.Default, 5)], 10, None));

        Assert.Equal([2, 0, 2], await Queries.LengthsAsync([queues[0], new(lane, new TeamId("other"), 9), queues[1]], 100, None));
        Assert.Equal([1, 1], await Queries.LengthsAsync(queues, 1, None));
        int[] ahead = await Task.WhenAll(new[] { 2, 1, 3, 5, 4 }.Select(id => Queries.AheadAsync(jobs[id - 1], 100, None)));
        Assert.Equal([0, 0, 1, 0, 1], ahead);
        Assert.Equal((6, 2, 6, 0), (
            await Queries.QueuedAsync(TeamId.Default, 100, None), await Queries.QueuedAsync(TeamId.Default, 2, None),
            await Queries.QueuedAsync(team: null, 100, None), await Queries.QueuedAsync(new TeamId("other"), 100, None)));
    }

    [Fact]
    public async Task Q5_What_is_not_ready_is_in_no_queue_and_due_when_its_time_has_come()
    {
        var soon = Clock.Now.AddMinutes(1);
        await SaveJobsAsync(
            Queued(1) with { NotBefore = soon, CreatedAt = Clock.Now },
            Queued(2) with { StartBy = soon.AddMinutes(1), CreatedAt = Clock.Now },
            Queued(3) with { CreatedAt = Clock.Now },
            Queued(4) with { Status = JobStatus.Expired, StartBy = Clock.Now, CreatedAt = Clock.Now });

        Assert.Equal(soon, await Queries.NextWakeAsync(None));
        Assert.Equal([2, 3], Ids(await Queries.HeadsAsync(await Queries.QueuesAsync(None), 10, None)));
        Assert.Empty(await Queries.DueAsync(soon.AddSeconds(-1), 10, None));
        Assert.Equal([new JobId(1)], await Queries.DueAsync(soon, 10, None));
        Assert.Equal([new JobId(1), new JobId(2)], await Queries.DueAsync(soon.AddMinutes(1), 10, None));
        Assert.Equal(3, (await Queries.DueAsync(Clock.Now.AddHours(24), 10, None)).Count);
        Assert.Equal(3, await Queries.QueuedAsync(TeamId.Default, 10, None));
    }

    [Fact]
    public async Task Q2_Lanes_with_queued_jobs_are_listed_once_whatever_their_names()
    {
        JobState[] jobs =
        [
            Queued(1, model: "a"), Queued(2, model: "a"), Queued(3, model: "B"), Queued(4, model: null), Queued(5, model: "ä|x"),
            Make.Job(new JobId(6), kind: JobKind.Chat, pinned: new AccountId("10")) with { Seq = 1 },
            Make.Job(new JobId(7), kind: JobKind.Chat, pinned: new AccountId("9")) with { Seq = 1 },
            Queued(8, model: "gone") with { Status = JobStatus.Cancelled },
        ];
        await SaveJobsAsync(jobs);

        var expected = jobs[..7].Select(job => job.Lane).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(expected, (await Queries.QueuesAsync(None)).Select(queue => queue.Lane));
    }

    [Fact]
    public async Task Q2_An_empty_queue_has_no_lanes() => Assert.Empty(await Queries.QueuesAsync(None));

    [Fact]
    public async Task Jobs_are_listed_newest_first_by_page_and_by_every_filter()
    {
        var teams = new[] { TeamId.Default, new TeamId("t2") };
        List<JobState> jobs = [];
        for (var i = 1; i <= 24; i++)
        {
            var job = Make.Job(new JobId(i), kind: i % 3 == 0 ? JobKind.Image : JobKind.Video, team: teams[i % 2]) with { Seq = 1 };
            jobs.Add(
                i % 4 == 0 ? job with { Status = JobStatus.Running, Account = new AccountId($"{i % 8}"), Lease = LeaseId.New() } : job);
        }

        await SaveJobsAsync([.. jobs]);

        List<long> seen = [];
        JobId? before = null;
        while (await Queries.JobsAsync(new JobFilter(null, null, null, null, before, 7), None) is { Count: > 0 } page)
        {
            seen.AddRange(Ids(page));
            before = page[^1].Id;
        }

        Assert.Equal(Enumerable.Range(1, 24).Reverse().Select(i => (long)i), seen);
        await MatchesAsync(new JobFilter(teams[0], null, null, null, null, 100), job => job.Team == teams[0]);
        await MatchesAsync(new JobFilter(null, JobStatus.Running, null, null, null, 100), job => job.Status == JobStatus.Running);
        await MatchesAsync(new JobFilter(null, null, JobKind.Image, null, null, 100), job => job.Kind == JobKind.Image);
        await MatchesAsync(new JobFilter(null, null, null, new AccountId("4"), null, 100), job => job.Account == new AccountId("4"));
        await MatchesAsync(
            new JobFilter(teams[0], JobStatus.Running, JobKind.Image, new AccountId("4"), new JobId(20), 100),
            job =>
                job.Team == teams[0] && job.Status == JobStatus.Running && job.Kind == JobKind.Image && job.Account == new AccountId("4")
                    && job.Id.Value < 20);

        var counts = await Queries.CountsAsync(None);
        Assert.Equal(24, counts.Sum(count => count.Count));
        Assert.Equal(
            jobs.Count(job => job.Status == JobStatus.Running && job.Kind == JobKind.Image),
            counts.Single(count => count is { Status: JobStatus.Running, Kind: JobKind.Image }).Count);

        async Task MatchesAsync(JobFilter filter, Func<JobState, bool> keep) =>
            Assert.Equal(jobs.Where(keep).Select(job => job.Id.Value).OrderDescending(), Ids(await Queries.JobsAsync(filter, None)));
    }

    [Fact]
    public async Task T8_Small_bodies_lie_beside_their_job_and_are_replaced()
    {
        var job = Make.JobId();
        await SaveAsync(
            changes =>
                changes.Bodies.AddRange(
                    [new BodyWrite(job, BodyPart.Request, "ask"u8.ToArray()), new BodyWrite(job, BodyPart.Result, [])]));
        await SaveAsync(changes => changes.Bodies.Add(new BodyWrite(job, BodyPart.Result, [0, 1, 255])));

        Assert.Equal("ask", Encoding.UTF8.GetString((await Store.Bodies.ReadAsync(job, BodyPart.Request, new BodyRef(3, null), None))!));
        Assert.Equal(new byte[] { 0, 1, 255 }, await Store.Bodies.ReadAsync(job, BodyPart.Result, new BodyRef(3, null), None));
        Assert.Null(await Store.Bodies.ReadAsync(Make.JobId(), BodyPart.Request, new BodyRef(3, null), None));
    }

    [Fact]
    public async Task T8_Large_bodies_are_swept_when_old_and_referred_to_by_no_job()
    {
        var job = Make.Job() with { Seq = 1 };
        var request = await Store.Bodies.WriteAsync(job.Id, new byte[100_000], None);
        var result = await Store.Bodies.WriteAsync(job.Id, "result"u8.ToArray(), None);
        var orphan = await Store.Bodies.WriteAsync(job.Id, new byte[1], None);
        var jobless = await Store.Bodies.WriteAsync(Make.JobId(), new byte[1], None);
        await SaveJobsAsync(job with { Request = new BodyRef(100_000, request), Result = new BodyRef(6, result) });

        Assert.Equal(0, await Store.Bodies.SweepAsync(TimeSpan.FromHours(1), None));
        await Database.RunAsync(Database.IsPostgres
            ? "UPDATE large_body SET created_at = created_at - interval '2 hours'"
            : "UPDATE large_body SET created_at = created_at - 7200000");
        var young = await Store.Bodies.WriteAsync(job.Id, new byte[1], None);

        Assert.Equal(2, await Store.Bodies.SweepAsync(TimeSpan.FromHours(1), None));
        Assert.Equal(100_000, (await ReadAsync(request))!.Length);
        Assert.Equal("result"u8.ToArray(), await ReadAsync(result));
        Assert.NotNull(await ReadAsync(young));
        Assert.Null(await ReadAsync(orphan));
        Assert.Null(await ReadAsync(jobless));

        Task<byte[]?> ReadAsync(string id) => Store.Bodies.ReadAsync(job.Id, BodyPart.Request, new BodyRef(1, id), None);
    }

    [Fact]
    public async Task T8_an_orphan_behind_many_bodies_that_stay_is_swept()
    {
        const int Kept = 250;
        var job = Make.Job() with { Seq = 1 };
        var first = await Store.Bodies.WriteAsync(job.Id, "kept"u8.ToArray(), None);
        await SaveJobsAsync(job with { Request = new BodyRef(4, first) });
        for (var n = 0; n < Kept; n++)
        {
            var other = Make.Job() with { Seq = 1 };
            await SaveJobsAsync(other with { Request = new BodyRef(1, await Store.Bodies.WriteAsync(other.Id, new byte[1], None)) });
        }

        await Store.Bodies.WriteAsync(job.Id, new byte[1], None);
        await Database.RunAsync(Database.IsPostgres
            ? "UPDATE large_body SET created_at = created_at - interval '2 hours'"
            : "UPDATE large_body SET created_at = created_at - 7200000");
        Assert.Equal(1, await Store.Bodies.SweepAsync(TimeSpan.FromHours(1), None));
    }

    [Fact]
    public async Task Jobs_are_found_by_their_model_whatever_their_texts_hold()
    {
        var job = Make.Job(model: "m|1") with { Seq = 1, Reason = "zero \0" };
        await SaveJobsAsync(job, Make.Job(model: "other") with { Seq = 1 });
        var filter = new JobFilter(null, null, null, null, null, 10) { Model = "m|1" };
        Assert.Equal([job.Id], (await Queries.JobsAsync(filter, None)).Select(found => found.Id));
    }

    [Fact]
    public async Task T8_A_job_whose_texts_hold_odd_characters_does_not_stop_the_sweep()
    {
        // U+0000 inside a JSON document is legal text; only extracting from it is not, on PostgreSQL.
        var job = Make.Job() with { Seq = 1, Reason = "zero \0 and half \ud800" };
        await Store.Bodies.WriteAsync(job.Id, new byte[1], None);
        await SaveJobsAsync(job);
        await Database.RunAsync(Database.IsPostgres
            ? "UPDATE large_body SET created_at = created_at - interval '2 hours'"
            : "UPDATE large_body SET created_at = created_at - 7200000");

        Assert.Equal(1, await Store.Bodies.SweepAsync(TimeSpan.FromHours(1), None));
    }

    [Fact]
    public async Task L2_A_node_registers_beats_is_buried_after_its_lease_and_leaves()
    {
        var second = await Store.Nodes.RegisterAsync(None);
        Assert.NotEqual(_node.Number, second.Number);
        Assert.Equal(new[] { _node.Incarnation, second.Incarnation }.ToHashSet(), await LiveAsync());

        await AgeHeartbeatAsync(second.Incarnation);
        Assert.True(await Store.Nodes.BeatAsync(_node.Incarnation, None));
        Assert.Equal([second.Incarnation], await Store.Nodes.BuryAsync(TimeSpan.FromSeconds(30), except: null, None));
        Assert.Empty(await Store.Nodes.BuryAsync(TimeSpan.FromSeconds(30), except: null, None));
        Assert.False(await Store.Nodes.BeatAsync(second.Incarnation, None));
        Assert.Equal([_node.Incarnation], await LiveAsync());

        await Store.Nodes.LeaveAsync(_node.Incarnation, None);
        Assert.Empty(await Store.Nodes.LiveAsync(None));
        Assert.Equal(_node.Number, (await Store.Nodes.RegisterAsync(None)).Number);
    }

    [Fact]
    public async Task Q6_A_node_may_be_a_home_from_its_second_beat_on_until_it_prepares_to_leave()
    {
        List<bool> mayBeHome = [(await OwnAsync()).MayBeHome];
        for (var beat = 1; beat <= 2; beat++)
        {
            Assert.True(await Store.Nodes.BeatAsync(_node.Incarnation, None));
            mayBeHome.Add((await OwnAsync()).MayBeHome);
        }

        await Store.Nodes.PrepareToLeaveAsync(_node.Incarnation, None);
        Assert.Equal([false, false, true], mayBeHome);
        Assert.Equal(new LiveNode(_node.Incarnation, _node.Number, 2, IsLeaving: true), await OwnAsync());
        Assert.False((await OwnAsync()).MayBeHome);

        // It is alive until it has left: what it has under way it may still write down.
        await SaveAsync(changes => changes.Accounts.Add(Make.AccountOne, Make.Account()));
        Assert.True(await Store.Nodes.BeatAsync(_node.Incarnation, None));

        async Task<LiveNode> OwnAsync() => (await Store.Nodes.LiveAsync(None)).Single(node => node.Incarnation == _node.Incarnation);
    }

    [Fact]
    public async Task L2_Nodes_that_register_at_once_get_different_numbers()
    {
        var nodes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Store.Nodes.RegisterAsync(None))));

        Assert.Equal(6, nodes.Select(node => node.Number).Append(_node.Number).Distinct().Count() - 1);
    }

    [Fact]
    public async Task L2_The_node_after_the_last_number_is_refused_and_nothing_stays_locked()
    {
        var now = Database.IsPostgres ? "clock_timestamp(), clock_timestamp()" : "0, 0";
        for (var number = NodeNumbers.First; number <= NodeNumbers.Last; number++)
        {
            if (number == _node.Number) continue;
            await Database.RunAsync(
                $"INSERT INTO node (incarnation, number, status, started_at, heartbeat_at) VALUES ('n{number}', {number}, 'live', {now})");
        }

        await Assert.ThrowsAsync<GatewaySetupException>(() => Store.Nodes.RegisterAsync(None));
        Assert.True(await Store.Nodes.BeatAsync(_node.Incarnation, None));
        await SaveAsync(changes => changes.Accounts.Add(Make.AccountOne, Make.Account()));
    }

    [Fact]
    public async Task T6_A_dead_incarnation_cannot_begin_and_leaves_no_lock_behind()
    {
        await SaveAsync(changes => changes.Accounts.Add(Make.AccountOne, Make.Account()));
        await Store.Nodes.LeaveAsync(_node.Incarnation, None);
        Assert.Equal(
            StoreFailure.Fenced,
            (await Assert.ThrowsAsync<StoreException>(() => LoadAsync(rows => rows.Accounts.Add(Make.AccountOne)))).Failure);

        await using var other = Store.OpenTurnStore(
            await Task.Run(() => Store.Nodes.RegisterAsync(None)).WaitAsync(TimeSpan.FromSeconds(4)));
        Assert.Single((await LoadAsync(rows => rows.Accounts.Add(Make.AccountOne), other).WaitAsync(TimeSpan.FromSeconds(4))).Accounts);
        Assert.Equal(StoreFailure.Fenced, (await Assert.ThrowsAsync<StoreException>(async () => await _turns.ReopenAsync(None))).Failure);
    }

    [Fact]
    public async Task T6_Reopening_tells_the_number_of_the_last_committed_batch()
    {
        Assert.Equal(0, await _turns.ReopenAsync(None));
        await SaveAsync(changes => changes.Accounts.Add(Make.AccountOne, Make.Account()));
        Assert.Equal(1, await _turns.ReopenAsync(None));

        Assert.Equal(2, (await _turns.BeginAsync(new RowSet(), None)).BatchNumber);
        Assert.Equal(1, await _turns.ReopenAsync(None));
        Assert.Equal(2, (await LoadAsync(_ => { })).BatchNumber);
    }

    [Fact]
    public async Task A_setting_is_settled_by_who_comes_first()
    {
        Assert.Null(await Queries.SettingAsync("key", None));
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(i => Task.Run(() => Queries.SettleAsync("key", $"value-{i}", None))));

        var settled = Assert.Single(answers.Distinct());
        Assert.Equal(settled, await Queries.SettingAsync("key", None));
        Assert.Equal(settled, await Queries.SettleAsync("key", "late", None));
    }

    private protected async Task SaveAsync(Action<BatchChanges> change, ITurnStore? store = null)
    {
        store ??= _turns;
        var changes = new BatchChanges();
        change(changes);
        await store.BeginAsync(new RowSet(), None);
        await store.CommitAsync(changes, None);
    }

    private async Task<HashSet<string>> LiveAsync() => (await Store.Nodes.LiveAsync(None)).Select(node => node.Incarnation).ToHashSet();

    private protected async Task<LoadedRows> LoadAsync(Action<RowSet> name, ITurnStore? store = null)
    {
        store ??= _turns;
        var rows = new RowSet();
        name(rows);
        var loaded = await store.BeginAsync(rows, None);
        await store.RollbackAsync(None);
        return loaded;
    }

    // A unique violation may be a row another node made meanwhile, so on PostgreSQL it is taken first.
    private async Task RefusedAsync(Action<BatchChanges> change)
    {
        var failure = await Assert.ThrowsAsync<StoreException>(() => SaveAsync(change));
        Assert.True(failure.Failure is StoreFailure.Refused or StoreFailure.Taken, $"{failure.Failure}: {failure.Message}");
        await _turns.RollbackAsync(None);
    }

    private Task SaveJobsAsync(params JobState[] jobs) => SaveAsync(changes =>
    {
        foreach (var job in jobs)
        {
            changes.Jobs.Add(job.Id, job);
            changes.Events.Add(new JobEvent(job.Id, job.Seq, job.Status, Clock.Now, job));
        }
    });

    private Task<int> AgeHeartbeatAsync(string incarnation) => Database.RunAsync(Database.IsPostgres
        ? $"UPDATE node SET heartbeat_at = heartbeat_at - interval '31 seconds' WHERE incarnation = '{incarnation}'"
        : $"UPDATE node SET heartbeat_at = heartbeat_at - 31000 WHERE incarnation = '{incarnation}'");

    private static void AddCharges(BatchChanges changes, params Charge[] charges)
    {
        foreach (var charge in charges) changes.Charges.Add(charge.Lease, charge);
    }

    private static JobState Queued(long id, int priority = 5, string? model = "m") =>
        Make.Job(new JobId(id), model, priority) with { Seq = 1 };

    private static IEnumerable<long> Ids(IEnumerable<JobState> jobs) => jobs.Select(job => job.Id.Value);

    private static string Json(AccountState account) => StateJson.Write(account);

    private static string Json(JobState job) => StateJson.Write(job);
}

public sealed class SqliteStoreTests() : StoreContract(new SqliteTestDatabase());

public sealed class PostgresStoreTests() : StoreContract(new PostgresTestDatabase());
