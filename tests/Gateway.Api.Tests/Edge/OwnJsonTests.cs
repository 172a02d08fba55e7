using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Gateway.Api.Tests.Support;

namespace Gateway.Api.Tests.Edge;

/// <summary>D5: the gateway's own JSON has one encoder and one format of times, wherever it is read.</summary>
public sealed partial class OwnJsonTests : GatewayTest
{
    private const string Odd = "Ünï \"quoted\" <b>&'+ 海";

    [Fact]
    public async Task D5_texts_stand_as_they_are_and_times_in_one_format()
    {
        var account = await AddAccountAsync("key-a", 1, ("name", Odd), ("models", new[] { "MiniMax-Hailuo-02" }));
        var team = (await Admin.PostAsync("/v1/admin/teams", new { name = Odd })).Expect(201).Text("id");
        (await Admin.PostAsync($"/v1/admin/teams/{team}/tokens", new { expiresAt = "2030-01-01T00:00:00Z" })).Expect(201);
        var job = (
            await Admin.PostAsync(
                "/v1/jobs",
                new
                {
                    kind = "video",
                    request = new { model = "MiniMax-Hailuo-02", prompt = "x" },
                    replyRef = Odd,
                    finishBy = "2026-12-24T00:00:00+01:00",
                })).Expect(202);
        Told(job, Odd, "2026-12-23T23:00:00.000Z");
        var id = job.Text("id");
        await WaitForAsync(id, "running");
        Sim.FinishAllTasks();
        await WaitForAsync(id, "succeeded");
        (await Admin.PostAsync("/v1/admin/queue/pause", new { all = true })).Expect(200);

        Told(await JobAsync(id), Odd, Time().Replace("$", "", StringComparison.Ordinal));
        Told(await Admin.GetAsync("/v1/jobs"), Odd);
        Told(await Admin.GetAsync($"/v1/jobs/{id}/events"), Odd);
        Told(await AccountAsync(account), Odd);
        Told(await Admin.GetAsync("/v1/minimax/accounts"), Odd);
        Told(await Admin.GetAsync("/v1/admin/teams"), Odd);
        Told(await Admin.GetAsync($"/v1/admin/teams/{team}/tokens"), "2030-01-01T00:00:00.000Z");
        Told(await Admin.GetAsync("/v1/admin/queue"), "at");
        Told(await Admin.PostAsync("/v1/jobs", new { kind = Odd }), "kind");
        Told(await Admin.GetAsync("/v1/jobs?it's=1"), "it's");
        Told(await Admin.PostAsync("/v1/text/chatcompletion_v2", new { model = "it's <none>", messages = 1 }), "it's <none>");
        Told(await Admin.PostAsync("/v1/minimax/accounts", new { driver = "x" }, ("X-Request-Id", "a")), "must be one of");
        Told(await Admin.GetAsync("/v2/query/video_generation?page_num='"), "page_num");
        var waiting = (await Admin.PostAsync("/v1/jobs", VideoJob())).Expect(202).Text("id");
        Told(await Admin.GetAsync($"/v1/jobs/{waiting}/explain"), ".");
        Told(await Admin.PostAsync("/v1/jobs?dryRun=true", VideoJob()), "credits");
    }

    [Fact]
    public void No_answer_is_written_past_the_own_way()
    {
        // What is read, and what is said to others in their words.
        string[] others = ["SocketRequestJson", "CallbackChallengeJson", "TaskAnswersJson"];
        var past = Directory.EnumerateFiles(Path.Combine(Root(), "src", "Gateway.Api"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(
                file =>
                    DefaultUses().Matches(File.ReadAllText(file)).Select(
                        use => (File: Path.GetFileName(file), Context: use.Groups[1].Value)))
            .Where(use => !others.Contains(use.Context)).ToList();
        Assert.True(past.Count == 0, $"Use .Own in place of .Default: {string.Join(", ", past)}");
    }

    private static void Told(Answer answer, params string[] parts)
    {
        Assert.DoesNotContain("\\u", answer.Body, StringComparison.Ordinal);
        foreach (Match time in AnyTime().Matches(answer.Body)) Assert.Matches(Time(), time.Value);
        foreach (var part in parts)
            Assert.Matches(part == Odd ? Regex.Escape(Odd.Replace("\"", "\\\"", StringComparison.Ordinal)) : part, answer.Body);
    }

    private static string Time() => @"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$";

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^"",; ]*?(?=[.;,]?[""; ,]|[.]["" ]|$)")]
    private static partial Regex AnyTime();

    [GeneratedRegex(@"\b(\w+Json)\.Default\.(?!Options)")]
    private static partial Regex DefaultUses();

    private static string Root([CallerFilePath] string here = "")
    {
        var directory = new DirectoryInfo(Path.GetDirectoryName(here)!);
        while (!File.Exists(Path.Combine(directory.FullName, "Gateway.sln"))) directory = directory.Parent!;
        return directory.FullName;
    }
}
