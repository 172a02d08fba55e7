using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>
/// One row, played: the accounts are added, the vendor's answers written, the request sent, and all of it judged. The ledger is the
/// judge: whatever was answered, the slots are free again, nothing stays reserved, nothing was sent more often than it may be, and
/// what was used is what it costs.
/// </summary>
internal sealed class VendorPlay(
    VendorRow row, string key, GatewayUnderTest gateway, MiniMaxSimulator sim, LeapingClock clock, HttpClient http,
    CancellationToken patience) : IAsyncDisposable
{
    private readonly Client _admin = new(gateway, http, GatewayUnderTest.AdminToken, patience);
    private readonly List<VendorAccount> _accounts = [];
    private string? _job;

    /// <summary>What it waits for now, for when that never comes.</summary>
    public string Waiting { get; private set; } = "not begun";

    public async Task RunAsync()
    {
        await AddAccountsAsync();
        foreach (var rule in row.Script) sim.Script.Add(rule);
        Waiting = "waiting for the answer";
        var wasSent = await (
            row.Task is not null ? TaskAsync(row.Task) : row.As == Sending.Job ? JobAsync(row.Work!) : CallAsync(row.Work!));
        await JudgeAsync(wasSent ? row : row with { Sends = 0, Used = 0 }, row.Task?.Submit ?? row.Work!.Operation);
    }

    /// <summary>Takes away what the next row must not meet.</summary>
    public async ValueTask DisposeAsync()
    {
        var admin = new Client(gateway, http, GatewayUnderTest.AdminToken, CancellationToken.None);
        sim.Script.Clear();
        sim.FinishAllTasks();
        if (_job is not null) await admin.PostAsync($"/v1/jobs/{_job}/cancel");
        foreach (var account in _accounts) await admin.DeleteAsync($"/v1/minimax/accounts/{account.Id}");
    }

    private async Task AddAccountsAsync()
    {
        for (var i = 0; i < row.Accounts; i++)
        {
            var body = new { url = sim.BaseUrl.ToString(), driver = "platform", token = $"{key}-{i}", maxJobs = 2, dailyCredits = 100_000 };
            var id = (await _admin.PostAsync("/v1/minimax/accounts", body)).Expect(201).Text("account");
            _accounts.Add(new VendorAccount(id, $"{key}-{i}", _admin, sim));
        }
    }

    /// <summary>False when the gateway refused to send it, as it may.</summary>
    private async Task<bool> CallAsync(VendorWork work)
    {
        (string, string)[] headers = row.As == Sending.Keyed ? [("Idempotency-Key", key)] : [];
        var answer = Reading.Unpacked(await _admin.PostAsync(work.Path, row.Body ?? work.Body, headers));
        if (row.MayBeRefused && answer.Status == 400) return false;

        JudgeAnswer(answer);
        // Given again, not done again.
        if (row.As == Sending.Keyed)
            Assert.Equal(
                Reading.Said(answer), Reading.Said(Reading.Unpacked(await _admin.PostAsync(work.Path, row.Body ?? work.Body, headers))));
        return true;
    }

    private async Task<bool> JobAsync(VendorWork work)
    {
        var submitted = await _admin.PostAsync("/v1/jobs", $$"""{"kind":"{{work.Kind}}","request":{{row.Body ?? work.Body}}}""");
        if (row.MayBeRefused && submitted.Status == 400) return false;

        _job = submitted.Expect(202).Text("id");
        await LeapAsync(_job, work.Operation);
        JudgeEnd(await EndAsync(_job));
        return true;
    }

    /// <summary>
    /// Leaps from where only the hard end is left to wait for: doubt, or an end that brings no result however often it is asked about.
    /// </summary>
    private async Task LeapAsync(string id, Operation query)
    {
        if (row.Leap is not { } leap) return;

        Waiting = "waiting for what has no end but the hard one";
        var before = sim.Ledger.Count(query);
        await EventuallyAsync(async () => (await ShownAsync(id)).Text("status") is "unknown" || sim.Ledger.Count(query) >= before + 2);
        clock.Leap(leap);
    }

    private async Task<bool> TaskAsync(VendorTask task)
    {
        JudgeAnswer(await _admin.PostAsync(task.Path, task.Body));
        _job = (await _admin.GetAsync("/v1/jobs?limit=1")).Expect(200).Json["jobs"]![0]!["id"]!.ToString();
        if ((await ShownAsync(_job)).Text("status") is "running" or "queued" or "submitting") await FollowAsync(_job);
        await LeapAsync(_job, task.Query);
        var ended = await EndAsync(_job);
        JudgeEnd(ended);
        if (row.HasContent && ended.Text("status") == "succeeded") await JudgeResultAsync(task, _job);
        return true;
    }

    private async Task FollowAsync(string id)
    {
        Waiting = "waiting for the task to run";
        await EventuallyAsync(
            async () => await ShownAsync(id) is var job && (job.Text("status") == "running" || job["finishedAt"] is not null));
        row.Upstream(sim);
        if (row.Stage is { } stage) await ShowsAsync(id, job => job["stage"]?.ToString() == stage, $"stage {stage}");
        if (row.Reason is { } reason)
            await ShowsAsync(id, job => job["reason"]?.ToString().Contains(reason, StringComparison.Ordinal) == true, $"reason {reason}");
        if (row.Stage is null && row.Reason is null) return;

        // What it showed was of a task that goes on; now it ends.
        sim.Script.Clear();
        sim.FinishAllTasks();
    }

    private async Task ShowsAsync(string id, Func<JsonObject, bool> isSo, string what)
    {
        await EventuallyAsync(async () =>
        {
            var job = await ShownAsync(id);
            Waiting = $"waiting for {what}: {job.Body}";
            Assert.True(job.Text("status") == "running", $"It should go on: {job.Body}");
            return isSo(job.Json);
        });
    }

    private async Task<Answer> EndAsync(string id)
    {
        var job = await ShownAsync(id);
        while (job["finishedAt"] is null)
        {
            Waiting = $"waiting for the end of {job.Body}";
            job = (await _admin.GetAsync($"/v1/jobs/{id}?wait=5&after={job["seq"]}")).Expect(200);
        }

        return job;
    }

    private async Task<Answer> ShownAsync(string id) => (await _admin.GetAsync($"/v1/jobs/{id}")).Expect(200);

    /// <summary>A success is one whose result can be had.</summary>
    private async Task JudgeResultAsync(VendorTask task, string id)
    {
        var told = task.Of((await _admin.GetAsync(task.QueryPath + id)).Expect(200).Json);
        Assert.Equal(id, (told["task_id"] ?? told["id"])!.ToString());
        Assert.NotEmpty((await _admin.GetAsync($"/v1/jobs/{id}/content")).Expect(200).Bytes);
    }

    private void JudgeAnswer(Answer answer)
    {
        if (row.Status is { } status) Assert.True(answer.Status == status, $"Expected {status}, was {Reading.Start(answer)}");
        if (row.IsError) Assert.True(Reading.IsError(answer), $"No error: {Reading.Start(answer)}");
        else if (row.Task is null) Assert.False(Reading.IsError(answer), $"An error: {Reading.Start(answer)}");
        if (row.Task is not null) return; // its job has more to say
        foreach (var words in row.Says)
            Assert.True(answer.Body.Contains(words, StringComparison.Ordinal), $"It does not say '{words}': {Reading.Start(answer)}");
        foreach (var words in row.Hides)
            Assert.False(answer.Body.Contains(words, StringComparison.Ordinal), $"It says '{words}': {Reading.Start(answer)}");
        if (row.RetryAfter is var (least, most))
            Assert.InRange(int.Parse(answer.Header("Retry-After") ?? "-1", CultureInfo.InvariantCulture), least, most);
    }

    private void JudgeEnd(Answer job)
    {
        Assert.True(job.Text("status") == row.JobStatus, $"Expected {row.JobStatus}: {job.Body}");
        Assert.True(row.JobError is null || job["error"]?["code"]?.ToString() == row.JobError, $"Expected {row.JobError}: {job.Body}");
        if (job.Text("status") is "succeeded" or "failed")
            Assert.True(
                job["credits"]!["charged"]!.GetValue<int>() is var charged && charged == (row.Used ?? charged),
                $"Expected a charge of {row.Used}: {job.Body}");
        foreach (var words in row.Says)
            Assert.True(job.Body.Contains(words, StringComparison.Ordinal), $"It does not say '{words}': {job.Body}");
        foreach (var words in row.Hides) Assert.False(job.Body.Contains(words, StringComparison.Ordinal), $"It says '{words}': {job.Body}");
    }

    private async Task JudgeAsync(VendorRow expected, Operation operation)
    {
        Waiting = "waiting for slots";
        foreach (var account in _accounts) await EventuallyAsync(async () => (await account.ShownAsync())["leases"]!.AsArray().Count == 0);
        JudgeSends(expected, operation);
        await JudgeCreditsAsync(expected);
        if (!expected.AnyHealth) await JudgeHealthAsync(operation);
        if (expected.ServesAfterwards) await ServesAsync();
    }

    private void JudgeSends(VendorRow expected, Operation operation)
    {
        var asked = Asked(operation);
        if (expected.Sends is { } sends)
            Assert.True(asked.Count == sends, $"Expected {sends} sends, were {asked.Count}: {string.Join(", ", asked)}");
        Assert.All(sim.Ledger.Snapshot().SubmitsPerHash.Values, count => Assert.Equal(1, count));
    }

    private async Task JudgeCreditsAsync(VendorRow expected)
    {
        var (used, reserved) = (0, 0);
        foreach (var account in _accounts)
        {
            var credits = (await account.ShownAsync())["credits"]!;
            used += credits["used"]!.GetValue<int>();
            reserved += credits["reserved"]!.GetValue<int>();
        }

        Assert.True(
            (used, reserved) == (expected.Used ?? used, 0), $"Expected {expected.Used} credits used, were {used}, and {reserved} reserved");
    }

    private async Task JudgeHealthAsync(Operation operation)
    {
        var asked = Asked(operation).Distinct().ToList();
        foreach (var account in _accounts)
        {
            var place = asked.IndexOf(account.Key);
            var left = place >= 0 && place < row.Health.Count ? row.Health[place] : Left.Ok;
            Waiting = $"waiting for {account.Key} to be {left}";
            if (left is Left.Cleared or Left.Misconfigured) await EventuallyAsync(() => Task.FromResult(account.WasProbed));
            if (left is Left.Cleared or Left.Misconfigured) await EventuallyAsync(() => account.IsAsync(left));
            Assert.True(
                await account.IsAsync(left), $"{account.Key} should be {left}: {(await account.ShownAsync())["health"]!.ToJsonString()}");
        }
    }

    private List<string> Asked(Operation operation) => [.. sim.Ledger.Requests(operation).Select(request => request.Key)];

    private async Task ServesAsync()
    {
        sim.Script.Clear();
        var served = await _admin.PostAsync(VendorWork.Chat.Path, VendorWork.Chat.Body, ("Prefer", "wait=0"));
        Assert.True(served.Status == 200 && !Reading.IsError(served), $"Nothing is served afterwards: {Reading.Start(served)}");
    }

    private Task EventuallyAsync(Func<Task<bool>> isSo) => Eventually.BeAsync(isSo, patience);
}
