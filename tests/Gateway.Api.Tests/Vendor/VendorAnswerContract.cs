using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>
/// Plays the rows of the tables: what the vendor answers, what is sent, and what must come of it. The ledger is the judge: whatever
/// was answered, the slots are free again, nothing stays reserved, nothing was sent more often than it may be, and what was used is
/// what it costs.
/// </summary>
public abstract class VendorAnswerContract : GatewayTest
{
    private readonly List<(string Key, string Account)> _accounts = [];
    private IReadOnlyDictionary<string, int> _probesBefore = new Dictionary<string, int>();

    private protected VendorAnswerContract(TestData data, TimeProvider? time = null)
        : base(data, time)
    {
    }

    private protected override void Configure()
    {
        Gateway["Gateway:PaceOff"] = "false"; // a rate limit rests what it is about, not the account
        Gateway["Gateway:Queue:RetryBackOff"] = "00:00:00.050";
        Gateway["Gateway:ChoresEvery"] = "00:00:00.200";
        Gateway[VendorWork.PriceOfChat.Name] = VendorWork.PriceOfChat.Value;
    }

    private protected async Task PlayAsync(VendorRow row)
    {
        await PrepareAsync(row);
        var wasRefused = !await (row.Task is not null ? PlayTaskAsync(row, row.Task) : row.As == Sending.Job ? PlayJobAsync(row, row.Work!) : PlayCallAsync(row, row.Work!));
        await JudgeAsync(wasRefused ? row with { Sends = 0, Used = 0 } : row, row.Task?.Submit ?? row.Work!.Operation);
    }

    private async Task PrepareAsync(VendorRow row)
    {
        foreach (var (name, value) in row.Settings) Gateway[name] = value;
        if (row.Settings.Count > 0) await Gateway.RestartAsync();
        for (var i = 1; i <= row.Accounts; i++) _accounts.Add(($"key-{i}", await AddAccountAsync($"key-{i}", 2, ("dailyCredits", 100_000))));
        _probesBefore = _accounts.ToDictionary(account => account.Key, account => Sim.Ledger.Count(Operation.Models, account.Key));
        foreach (var rule in row.Script) Sim.Script.Add(rule);
    }

    /// <summary>False when the gateway refused to send it, as it may.</summary>
    private async Task<bool> PlayCallAsync(VendorRow row, VendorWork work)
    {
        (string, string)[] headers = row.As == Sending.Keyed ? [("Idempotency-Key", "k")] : [];
        var answer = Readable(await Admin.PostAsync(work.Path, row.Body ?? work.Body, headers));
        if (row.MayBeRefused && answer.Status == 400) return false;

        Judge(row, answer);
        // Given again, not done again.
        if (row.As == Sending.Keyed) Assert.Equal(answer.Body, Readable(await Admin.PostAsync(work.Path, row.Body ?? work.Body, headers)).Body);
        return true;
    }

    private async Task<bool> PlayJobAsync(VendorRow row, VendorWork work)
    {
        var submitted = await Admin.PostAsync("/v1/jobs", $$"""{"kind":"{{work.Kind}}","request":{{row.Body ?? work.Body}}}""");
        if (row.MayBeRefused && submitted.Status == 400) return false;

        JudgeEnd(row, await EndAsync(submitted.Expect(202).Text("id")));
        return true;
    }

    private async Task<bool> PlayTaskAsync(VendorRow row, VendorTask task)
    {
        Judge(row, await Admin.PostAsync(task.Path, row.Body ?? task.Body, ("Prefer", "wait=0")));
        var id = (await Admin.GetAsync("/v1/jobs?limit=1")).Expect(200).Json["jobs"]![0]!["id"]!.ToString();
        if ((await JobAsync(id)).Text("status") is "running" or "queued" or "submitting") await FollowAsync(row, id);
        var ended = await EndAsync(id);
        JudgeEnd(row, ended);
        if (ended.Text("status") == "succeeded") await JudgeResultAsync(task, id);
        return true;
    }

    private async Task FollowAsync(VendorRow row, string id)
    {
        await WaitForAsync(id, "running");
        row.Upstream(Sim);
        if (row.Stage is { } stage) await EventuallyAsync(async () => (await JobAsync(id))["progress"]?["stage"]?.ToString() == stage);
        if (row.Reason is { } reason) await EventuallyAsync(async () => (await JobAsync(id))["reason"]?.ToString().Contains(reason, StringComparison.Ordinal) == true);
        if (row.Stage is null && row.Reason is null) return;

        // What it showed was of a task that goes on; now it ends.
        Assert.Equal("running", (await JobAsync(id)).Text("status"));
        Sim.Script.Clear();
        Sim.FinishAllTasks();
    }

    /// <summary>A success is one whose result can be had.</summary>
    private async Task JudgeResultAsync(VendorTask task, string id)
    {
        var told = task.Of((await Admin.GetAsync(task.QueryPath + id)).Expect(200).Json);
        Assert.Equal(id, (told["task_id"] ?? told["id"])!.ToString());
        Assert.NotEmpty((await Admin.GetAsync($"/v1/jobs/{id}/content")).Expect(200).Bytes);
    }

    private static void Judge(VendorRow row, Answer answer)
    {
        if (row.Status is { } status) answer.Expect(status);
        if (row.IsError) Assert.True(IsError(answer), $"No error: {answer.Status} {Start(answer)}");
        else if (answer.Status == 200 && row.Task is null) Assert.False(IsError(answer), $"An error: {Start(answer)}");
        foreach (var words in row.Says) Assert.Contains(words, answer.Body, StringComparison.Ordinal);
        foreach (var words in row.Hides) Assert.DoesNotContain(words, answer.Body, StringComparison.Ordinal);
        if (row.RetryAfter is var (least, most)) Assert.InRange(int.Parse(answer.Header("Retry-After")!, CultureInfo.InvariantCulture), least, most);
    }

    private static void JudgeEnd(VendorRow row, Answer job)
    {
        Assert.True(job.Text("status") == row.JobStatus, $"Expected {row.JobStatus}: {job.Body}");
        Assert.True(row.JobError is null || job["error"]?["code"]?.ToString() == row.JobError, $"Expected {row.JobError}: {job.Body}");
        if (job.Text("status") is "succeeded" or "failed") Assert.Equal(row.Used, job["credits"]!["charged"]!.GetValue<int>());
        foreach (var words in row.Says) Assert.Contains(words, job.Body, StringComparison.Ordinal);
        foreach (var words in row.Hides) Assert.DoesNotContain(words, job.Body, StringComparison.Ordinal);
    }

    private async Task JudgeAsync(VendorRow row, Operation operation)
    {
        foreach (var (_, account) in _accounts) await SlotsAsync(account, 0);
        var shown = new Dictionary<string, Answer>();
        foreach (var (key, account) in _accounts) shown[key] = await AccountAsync(account);

        if (row.Sends is { } sends) Assert.Equal(sends, Sim.Ledger.Count(operation));
        Assert.All(Sim.Ledger.Snapshot().SubmitsPerHash.Values, count => Assert.Equal(1, count));
        Assert.Equal(row.Used, shown.Values.Sum(account => account["credits"]!["used"]!.GetValue<int>()));
        Assert.Equal(0, shown.Values.Sum(account => account["credits"]!["reserved"]!.GetValue<int>()));
        if (!row.AnyHealth) await JudgeHealthAsync(row, operation);
        if (row.ServesAfterwards) await ServesAsync();
    }

    private async Task JudgeHealthAsync(VendorRow row, Operation operation)
    {
        var asked = Sim.Ledger.Requests(operation).Select(request => request.Key).Distinct().ToList();
        foreach (var (key, account) in _accounts)
        {
            var place = asked.IndexOf(key);
            await new AccountJudge(this, key, account).JudgeAsync(place >= 0 && place < row.Health.Count ? row.Health[place] : Left.Ok);
        }
    }

    private async Task ServesAsync()
    {
        Sim.Script.Clear();
        Assert.Equal(0, (await Admin.PostAsync(VendorWork.Chat.Path, VendorWork.Chat.Body, ("Prefer", "wait=0"))).Expect(200).BaseResp);
    }

    /// <summary>By its status, by its verdict, or by what an error is called in any frame of it.</summary>
    private static bool IsError(Answer answer) => answer.Status >= 400 || Documents(answer.Body).Any(IsErrorDocument);

    private static bool IsErrorDocument(JsonObject document) =>
        document["error"] is not null || document["type"]?.ToString() == "error" || document["base_resp"]?["status_code"]?.ToString() is not (null or "0");

    private static IEnumerable<JsonObject> Documents(string body) =>
        body.Split('\n').Select(line => line.StartsWith("data:", StringComparison.Ordinal) ? line[5..] : line).Where(line => line.TrimStart().StartsWith('{'))
            .Select(line => JsonNode.Parse(line) as JsonObject).OfType<JsonObject>();

    /// <summary>The answer as a client reads it: what says that it is gzip'd is unpacked, and what does not say so must not be.</summary>
    private static Answer Readable(Answer answer)
    {
        if (answer.Header("Content-Encoding") != "gzip") return answer;
        using var packed = new GZipStream(new MemoryStream(answer.Bytes), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        packed.CopyTo(whole);
        return answer with { Body = Encoding.UTF8.GetString(whole.ToArray()), Bytes = whole.ToArray() };
    }

    private static string Start(Answer answer) => answer.Body[..Math.Min(answer.Body.Length, 500)];

    /// <summary>Looks at one account after a row.</summary>
    private sealed class AccountJudge(VendorAnswerContract test, string key, string account)
    {
        public async Task JudgeAsync(Left left)
        {
            if (left is Left.Cleared or Left.Misconfigured) await ProbedAsync();
            if (left == Left.Cleared) await ClearedAsync();
            var shown = await test.AccountAsync(account);
            var health = shown["health"]!.AsObject();
            Assert.True(IsLeft(left, health), $"{key} should be left {left}: {health.ToJsonString()}");
        }

        private bool IsLeft(Left left, JsonObject health)
        {
            var state = health["state"]!.ToString();
            var blocked = health["blocked"]?.AsArray().Count ?? 0;
            return left switch
            {
                Left.Ok => state == "ok" && blocked == 0,
                Left.AuthFailed => state == "auth_failed",
                Left.Exhausted => state == "cooling" && RestOf(health) > TimeSpan.FromMinutes(1),
                Left.ModelBlocked => state == "ok" && blocked == 1,
                Left.Misconfigured => state is not ("ok" or "auth_failed") && health["reason"] is not null,
                _ => state != "auth_failed" && blocked == 0 && RestOf(health) <= TimeSpan.FromMinutes(1),
            };
        }

        private static TimeSpan RestOf(JsonObject health) =>
            health["until"] is { } until ? DateTimeOffset.Parse(until.ToString(), CultureInfo.InvariantCulture) - TimeProvider.System.GetUtcNow() : TimeSpan.Zero;

        private Task ProbedAsync() => test.EventuallyAsync(() => Task.FromResult(test.Sim.Ledger.Count(Operation.Models, key) > test._probesBefore[key]));

        private Task ClearedAsync() => test.EventuallyAsync(async () => (await test.AccountAsync(account))["health"]!["state"]!.ToString() == "ok");
    }
}
