using Gateway.Engine.Storage;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Simulator;
using Gateway.Upstreams.MiniMax;

namespace Gateway.Cluster.Tests.Chaos;

/// <summary>Judges a finished run by two witnesses that know nothing of each other: the simulator's ledger and the store.</summary>
internal sealed class Judge(
    IQueryStore store, LedgerView ledger, IReadOnlyDictionary<string, JobId> submitted, IReadOnlyDictionary<int, int> maxJobs)
{
    private static readonly PriceTable Prices = new(PlatformTerms.Shipped.PricesOf(PlatformDriver.Name));

    private readonly List<Violation> _violations = [];
    private int _succeeded;
    private int _failedUnknown;

    public int Succeeded => _succeeded;

    public int FailedUnknown => _failedUnknown;

    public int SlotsLeaked { get; private set; }

    public int SecondSubmits => ledger.SubmitsPerHash.Values.Sum(count => count - 1);

    public int MostAtOnce => ledger.Keys.Values.Max(key => key.MaxConcurrent);

    /// <summary>Jobs that were there before the run.</summary>
    public IReadOnlySet<JobId> Earlier { get; init; } = new HashSet<JobId>();

    /// <summary>Names of jobs whose callers asked for a cancel.</summary>
    public IReadOnlySet<string> Cancelled { get; init; } = new HashSet<string>();

    /// <summary>What accounts with a budget could spend in the run.</summary>
    public IReadOnlyDictionary<int, Allowance> Allowances { get; init; } = new Dictionary<int, Allowance>();

    public async Task<IReadOnlyList<Violation>> JudgeAsync()
    {
        JudgeUpstream();
        await JudgeJobsAsync();
        await JudgeAccountsAsync();
        return _violations;
    }

    private void Violated(Promise promise, string what) => _violations.Add(new Violation(promise, what));

    private void JudgeUpstream()
    {
        foreach (var (hash, count) in ledger.SubmitsPerHash.Where(pair => pair.Value > 1))
            Violated(Promise.NoSecondSubmit, $"body {hash[..8]} was accepted {count} times");
        foreach (var (number, most) in maxJobs)
            if (ledger.Keys.TryGetValue($"key-{number}", out var key) && key.MaxConcurrent > most)
                Violated(Promise.NeverAboveMaxJobs, $"account {number} ran {key.MaxConcurrent} at once, its maxJobs is {most}");
    }

    private async Task JudgeJobsAsync()
    {
        var accepted = ledger.Tasks.GroupBy(task => task.Prompt).ToDictionary(tasks => tasks.Key, tasks => tasks.Count());
        var known = submitted.Values.ToHashSet();
        if (known.Count != submitted.Count) Violated(Promise.NoJobLost, "two submits were given the same job");
        foreach (var job in await AllJobsAsync())
            if (!known.Contains(job.Id) && !Earlier.Contains(job.Id))
                Violated(Promise.NoSecondSubmit, $"job {job.Id} was made by a second submit of the same key, or by nobody");
        foreach (var (prompt, id) in submitted) await JudgeAsync(prompt, id, accepted.GetValueOrDefault(prompt));
    }

    private async Task JudgeAsync(string prompt, JobId id, int accepted)
    {
        if (await store.JobAsync(id, CancellationToken.None) is not { } job)
        {
            Violated(Promise.NoJobLost, $"job {id} ({prompt}) was acknowledged and is gone");
            return;
        }

        var events = await store.EventsAsync(id, 0, 1000, CancellationToken.None);
        var story = string.Join(" → ", events.Select(change => $"{change.Seq} {change.Status.Name}"));
        JudgeEvents(job, events, story);
        switch (job)
        {
            case { Status: JobStatus.Succeeded }:
                _succeeded++;
                if (accepted != 1) Violated(Promise.Sound, $"job {id} succeeded, the upstream accepted it {accepted} times: {story}");
                break;
            case { Status: JobStatus.Failed, Error.Code: "hard_end" } when events.Any(change => change.Status == JobStatus.Unknown):
                _failedUnknown++;
                break;
            case { Status: JobStatus.Cancelled } when Cancelled.Contains(prompt):
                break;
            default:
                Violated(
                    Promise.NoJobLost,
                    $"job {id} ended as {job.Status.Name} ({job.Error?.Code}: {job.Error?.Message}), accepted upstream: {accepted}: " +
                        $"{story}");
                break;
        }
    }

    // Nobody loses sight of a job whose task is known (J5).
    private void JudgeEvents(JobState job, IReadOnlyList<JobEvent> events, string story)
    {
        _violations.AddRange(StoreJudge.Events(job, events));
        foreach (var (before, after) in events.Zip(events.Skip(1)))
            if (after.Status == JobStatus.Unknown && (before.Status != JobStatus.Submitting || before.State.TaskId is not null))
                Violated(Promise.NoJobLost, $"job {job.Id} became unknown though its task was committed: {story}");
    }

    private async Task JudgeAccountsAsync()
    {
        var charges = new List<Charge>();
        foreach (var number in maxJobs.Keys)
        {
            var id = new AccountId($"{number}");
            var account = (await store.AccountAsync(id, CancellationToken.None))!;
            var own = await store.ChargesAsync(id, CancellationToken.None);
            charges.AddRange(own);
            SlotsLeaked += account.Leases.Length;
            _violations.AddRange(StoreJudge.Rest(account));
            _violations.AddRange(StoreJudge.Books(account, own));
            JudgeBudget(number, account);
        }

        await JudgeChargesAsync(charges.Where(charge => charge.Job is not null).ToLookup(charge => charge.Job!.Value));
    }

    // By what the upstream accepted.
    private void JudgeBudget(int number, AccountState account)
    {
        // a new day brought a new budget
        if (!Allowances.TryGetValue(number, out var allowance) || allowance.Day != account.Credits.Day) return;

        var spent = ledger.Tasks.Where(task => task.Key == $"key-{number}").Sum(
            task => Prices.Ceiling(account.Driver, new Work(JobKind.Video, task.Model, Pinned: null)));
        if (spent > allowance.Credits)
            Violated(
                Promise.NeverOverBudget,
                $"the upstream accepted work of {spent} credits on account {number}, which had {allowance.Credits} left");
    }

    // One charge per lease, one lease per attempt, and the job says what its last one cost.
    private async Task JudgeChargesAsync(ILookup<JobId, Charge> charges)
    {
        foreach (var id in submitted.Values)
        {
            if (await store.JobAsync(id, CancellationToken.None) is not { } job) continue;
            if (charges[id].Count() != job.Attempt)
                Violated(Promise.Sound, $"job {id} had {job.Attempt} attempts and {charges[id].Count()} charges");
            if (charges[id].Sum(charge => charge.Charged) != (job.Charged ?? 0))
                Violated(
                    Promise.Sound,
                    $"job {id} says it cost {job.Charged}, its charges sum up to {charges[id].Sum(charge => charge.Charged)}");
        }
    }

    private async Task<IReadOnlyList<JobState>> AllJobsAsync()
    {
        List<JobState> all = [];
        JobId? before = null;
        while (await store.JobsAsync(new JobFilter(null, null, null, null, before, 200), CancellationToken.None) is { Count: > 0 } page)
        {
            all.AddRange(page);
            before = page[^1].Id;
        }

        return all;
    }
}
