using Gateway.Engine.Storage;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Npgsql;

namespace Gateway.Benchmarks.Stress;

/// <summary>
/// Judges the histories of all processes against each other and against the database: every account and every job went
/// through its versions one by one, no account ever held more leases than it may, every lease was granted once, ended once
/// and charged once, every caller was told the truth, and the database ended where the histories end.
/// </summary>
/// <param name="accounts">How many accounts there are.</param>
/// <param name="maxJobs">The limit of every account.</param>
/// <param name="killed">The incarnations that were killed: each may have committed a batch on each of its connections that nobody wrote
/// down.</param>
internal sealed class Judge(int accounts, int maxJobs, IReadOnlyCollection<string> killed)
{
    private const int Connections = 2;

    private readonly List<BatchLine> _batches = [];
    private readonly List<AnswerLine> _answers = [];
    private readonly List<string> _violations = [];
    private readonly HashSet<string> _granted = [];
    private readonly HashSet<string> _ended = [];

    public IReadOnlyList<string> Violations => _violations;

    public string Summary =>
        $"{_batches.Count} batches, {_batches.Sum(batch => batch.Accounts.Length)} account versions, " +
            $"{_batches.Sum(batch => batch.Events.Length)} job events, {_answers.Count} answers, {killed.Count} killed";

    /// <summary>Counts what was seen elsewhere as a violation.</summary>
    public void Report(string violation) => _violations.Add(violation);

    public void Read(string history)
    {
        foreach (var line in HistoryReader.Read(history))
        {
            if (line.Batch is { } batch) _batches.Add(batch);
            if (line.Answer is { } answer) _answers.Add(answer);
        }
    }

    public async Task JudgeAsync(IGatewayStore store, string database)
    {
        var charges = new List<Charge>();
        foreach (var account in await store.Queries.AccountsAsync(CancellationToken.None))
        {
            JudgeAccount(account);
            var own = await store.Queries.ChargesAsync(account.Id, CancellationToken.None);
            Report(StoreJudge.Books(account, own));
            charges.AddRange(own);
        }

        JudgeCharges(charges);
        JudgeAnswers();
        await JudgeJobsAsync(store);
        await JudgeBatchNumbersAsync(database);
    }

    private void Report(IEnumerable<Violation> violations) => _violations.AddRange(violations.Select(violation => $"{violation}"));

    private void Expect(bool holds, string otherwise)
    {
        if (!holds) _violations.Add(otherwise);
    }

    // Versions in order; between two neighbours the leases say what the batch did.
    private void JudgeAccount(AccountState final)
    {
        var versions = _batches.SelectMany(batch => batch.Accounts)
            .Where(line => line.Id == final.Id.Value)
            .OrderBy(line => line.Version)
            .ToList();
        versions.Add(new AccountLine(final.Id.Value, final.Version + 1, [.. final.Leases.Select(lease => lease.Id.Value)]));
        var (version, leases, missing) = (0L, (string[])[], 0L);
        foreach (var next in versions)
        {
            Expect(next.Version > version, $"account {final.Id}: version {next.Version} was committed twice");
            missing += Math.Max(0, next.Version - version - 1);
            Expect(
                next.Leases.Length <= maxJobs,
                $"account {final.Id} version {next.Version}: {next.Leases.Length} leases, at most {maxJobs} allowed");
            Step(final.Id, leases, next);
            (version, leases) = (next.Version, next.Leases);
        }

        Expect(
            missing <= killed.Count * Connections,
            $"account {final.Id}: {missing} versions are in no history, {killed.Count} processes were killed");
        Report(StoreJudge.Rest(final));
    }

    private void Step(AccountId id, string[] before, AccountLine next)
    {
        foreach (var lease in next.Leases.Except(before))
            Expect(_granted.Add(lease), $"account {id} version {next.Version}: lease {lease} came back");
        foreach (var lease in before.Except(next.Leases))
            Expect(_ended.Add(lease), $"account {id} version {next.Version}: lease {lease} ended twice");
    }

    // A lease granted by the batch that nobody wrote down, and released by the very next version of its account, shows up in
    // its charge alone: at most all slots of all accounts per killed process.
    private void JudgeCharges(List<Charge> charges)
    {
        var charged = charges.Select(charge => charge.Lease.Value).ToHashSet();
        Expect(charged.Count == charges.Count, "a lease was charged by two accounts");
        foreach (var lease in _ended.Except(charged)) _violations.Add($"lease {lease} ended without a charge");
        var unseen = charged.Except(_ended).ToList();
        Expect(
            unseen.Count <= killed.Count * Connections * maxJobs * accounts,
            $"{unseen.Count} leases were charged and are in no history, such as {unseen.FirstOrDefault()}");
    }

    private void JudgeAnswers()
    {
        foreach (var answer in _answers.Where(answer => answer.Op is "acquire" or "dispatch" && answer.Done))
            Expect(_granted.Contains(answer.Lease), $"lease {answer.Lease} was promised and is in no version of account {answer.Account}");
        foreach (var answer in _answers.Where(answer => answer.Op == "acquire" && !answer.Done))
            Expect(answer.LeasesSeen >= maxJobs, $"account {answer.Account} refused with {answer.LeasesSeen} of {maxJobs} slots taken");
        foreach (var releases in _answers.Where(answer => answer.Op == "release").GroupBy(answer => answer.Lease))
            Expect(releases.Count(answer => answer.Done) <= 1, $"lease {releases.Key} was released twice");
    }

    private async Task JudgeJobsAsync(IGatewayStore store)
    {
        var events = _batches.SelectMany(batch => batch.Events).ToLookup(line => line.Job);
        foreach (var job in _batches.SelectMany(batch => batch.Jobs).GroupBy(line => line.Id))
        {
            var stored = await store.Queries.EventsAsync(new JobId(job.Key), after: 0, limit: 1000, CancellationToken.None);
            var final = await store.Queries.JobAsync(new JobId(job.Key), CancellationToken.None);
            JudgeJob(final!, [.. job.OrderBy(line => line.Version)], [.. events[job.Key].OrderBy(line => line.Seq)], stored);
        }
    }

    private void JudgeJob(JobState final, JobLine[] versions, EventLine[] seen, IReadOnlyList<JobEvent> stored)
    {
        for (var i = 1; i < versions.Length; i++)
            Expect(versions[i].Version > versions[i - 1].Version, $"job {final.Id}: version {versions[i].Version} was committed twice");
        Expect(
            final.Version - versions.Length <= killed.Count * Connections,
            $"job {final.Id}: {final.Version - versions.Length} versions are in no history");
        Expect(
            versions[^1].Version < final.Version || versions[^1].Status == final.Status,
            $"job {final.Id} is {final.Status}, its history ends with {versions[^1].Status}");

        var status = stored.Select(change => change.Status).ToArray();
        Report(StoreJudge.Events(final, stored));
        foreach (var change in seen)
            Expect(
                change.Seq <= stored.Count && status[change.Seq - 1] == change.Status,
                $"job {final.Id}: event {change.Seq} was seen as {change.Status} and is stored otherwise");
    }

    // T6: an incarnation's batch numbers count its commits; a killed one may have committed once more on each connection than it wrote
    // down.
    private async Task JudgeBatchNumbersAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            "SELECT incarnation, node.batch_no + coalesce(node_wait.batch_no, 0) FROM node LEFT JOIN node_wait USING (incarnation)");
        await using var reader = await command.ExecuteReaderAsync();
        var seen = _batches.CountBy(batch => batch.Incarnation).ToDictionary();
        while (await reader.ReadAsync())
        {
            var (incarnation, number) = (reader.GetString(0), reader.GetInt64(1));
            var unseen = number - seen.GetValueOrDefault(incarnation);
            Expect(
                unseen == 0 || (unseen is > 0 and <= Connections && killed.Contains(incarnation)),
                $"incarnation {incarnation}: {number} batches committed, {number - unseen} written down");
        }
    }
}
