using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;
using Gateway.Silo.Chores;

namespace Gateway.Api.Tests.Ids;

/// <summary>
/// Ids as callers meet them, on every surface: new ones survive JavaScript's numbers, those of before are what they were.
/// </summary>
public abstract class IdContract : NativeTest
{
    private static readonly string[] Surfaces = ["job", "video", "v2", "template", "speech"];

    private readonly List<JsonObject> _read = [];

    private protected IdContract(TestData data)
        : base(data)
    {
    }

    /// <summary>What a caller has made: the ids it was told.</summary>
    private sealed record Made(IReadOnlyDictionary<string, string> Jobs, string File)
    {
        public IEnumerable<string> Ids => [.. Jobs.Values, File];
    }

    [Fact]
    public async Task Every_number_of_every_answer_survives_JavaScript()
    {
        await AddAccountAsync("key-a", maxJobs: 10);
        var made = await MakeAsync();
        Assert.All(made.Ids, id => Assert.True(Survives(id), id));
        await ShowsAsync(made);

        Sim.FinishAllTasks();
        foreach (var job in made.Jobs.Values) await EndAsync(job);
        await ShowsAsync(made);
        await ShowsResultsAsync(made);
        Assert.All(_read, answer => Assert.All(NumbersIn(answer), number => Assert.True(Survives(number), $"{number} in {answer}")));
    }

    [Fact]
    public async Task Ids_given_out_before_are_found_and_shown_as_they_were()
    {
        await AddAccountAsync("key-a", maxJobs: 10);
        var made = await BesideAnOlderVersionAsync(MakeAsync);
        Assert.All(made.Ids, id => Assert.True(long.Parse(id, CultureInfo.InvariantCulture) > 1L << 53, id));
        Assert.True(Survives(await SubmitVideoAsync("made after it")));
        await ShowsAsync(made);

        Sim.FinishAllTasks();
        foreach (var job in made.Jobs.Values) await EndAsync(job);
        await Gateway.RestartAsync();
        await ShowsAsync(made);
        await ShowsResultsAsync(made);
    }

    [Fact]
    public async Task Pages_go_from_new_ids_to_those_of_before()
    {
        await AddAccountAsync("key-a", maxJobs: 10);
        var old = await BesideAnOlderVersionAsync(() => ManyAsync("old"));
        var young = await ManyAsync("young");

        List<string> seen = [];
        for (string? next = ""; next is not null;)
        {
            var page = (await Admin.GetAsync($"/v1/jobs?limit=1{(next.Length == 0 ? "" : $"&before={next}")}")).Expect(200);
            seen.AddRange(page["jobs"]!.AsArray().Select(job => job!["id"]!.ToString()));
            next = page["next"]?.ToString();
        }

        Assert.Equal([.. young.Reverse(), .. old.Reverse()], seen);

        async Task<IReadOnlyList<string>> ManyAsync(string name) =>
            [await SubmitVideoAsync($"{name} 1"), await SubmitVideoAsync($"{name} 2"), await SubmitVideoAsync($"{name} 3")];
    }

    // The next id a node makes, and one it never will: what is no id of the caller's is unknown, whatever its size.
    [Fact]
    public async Task Absurd_numbers_are_unknown_ids()
    {
        await AddAccountAsync("key-a");
        string[] absurd =
        [
            "0", "1", "4095", "4096", "9007199254740991", "9007199254740992", "9223372036854775807", "9223372036854775808",
            "99999999999999999999999999", "-1", "1.5", "1e15", "1e400",
        ];
        foreach (var id in absurd)
        {
            foreach (var path in new[] { $"/v1/jobs/{id}", $"/v1/jobs/{id}/events", $"/v1/jobs/{id}/content", $"/v2/query/video_generation/{id}" })
                Unknown(await Admin.GetAsync(path), 404, 400);
            foreach (var path in new[] { "/v1/query/video_generation?task_id=", "/v1/query/video_template_generation?task_id=", "/v1/query/t2a_async_query_v2?task_id=", "/v1/files/retrieve?file_id=", "/v1/files/retrieve_content?file_id=" })
                Unknown(await Admin.GetAsync(path + id));
            Unknown(await Admin.PostAsync("/v1/files/delete", $$"""{"file_id":{{id}},"purpose":"voice_clone"}"""));
            Unknown(await Admin.PostAsync("/v1/files/delete", $$"""{"file_id":"{{id}}","purpose":"voice_clone"}"""));
            Unknown(await Admin.PostAsync("/v1/voice_clone", $$"""{"file_id":{{id}},"voice_id":"narrator01"}"""));
            Assert.InRange((await Admin.GetAsync($"/v1/jobs?before={id}")).Status, 200, 400);
            Assert.InRange((await Admin.GetAsync($"/v1/webhooks/deliveries?job={id}")).Status, 200, 400);
        }
    }

    private static void Unknown(Answer answer, params int[] statuses) =>
        Assert.True(
            statuses.Contains(answer.Status) || (answer.Status == 200 && answer.BaseResp == 2013), $"{answer.Status}: {answer.Body}");

    // A node of the version before, which the gateway sees at its next look.
    private async Task<T> BesideAnOlderVersionAsync<T>(Func<Task<T>> work)
    {
        var now = Data is PostgresData ? "clock_timestamp(), clock_timestamp()" : "unixepoch() * 1000, unixepoch() * 1000";
        await Data.ListAsync(
            $"INSERT INTO node (incarnation, number, status, started_at, heartbeat_at) VALUES ('older', 0, 'live', {now})");
        var membership = Gateway.Services.GetRequiredService<Membership>();
        await membership.LookAsync(Patience);
        var made = await work();
        await Data.ListAsync("DELETE FROM node WHERE incarnation = 'older'");
        await membership.LookAsync(Patience);
        return made;
    }

    private async Task<Made> MakeAsync()
    {
        var jobs = new Dictionary<string, string> { ["job"] = await SubmitVideoAsync() };
        jobs["video"] = String(
            (await Read(Admin.PostAsync("/v1/video_generation", """{"model":"MiniMax-Hailuo-02","prompt":"a sea"}""")))["task_id"]);
        jobs["v2"] = String(
            (await Read(Admin.PostAsync("/v2/video_generation", """{"model":"MiniMax-H3","content":[{"type":"text","text":"a sea"}],"resolution":"768P","duration":6,"ratio":"16:9"}""")))["task_id"]);
        jobs["template"] = String(
            (await Read(Admin.PostAsync("/v1/video_template_generation", """{"template_id":"392747428568649728","text_inputs":[{"value":"dog"}]}""")))["task_id"]);
        var speech = await Read(Admin.PostAsync("/v1/t2a_async_v2", """{"model":"speech-2.8-turbo","text":"Hello."}"""));
        jobs["speech"] = String(speech["task_id"]);
        Assert.Equal(jobs["speech"], Number(speech["file_id"]));
        Assert.Equal(Surfaces, jobs.Keys);
        var uploaded = await Read(UploadAsync("voice_clone", "sample.mp3"));
        return new Made(jobs, Number(uploaded["file"]!["file_id"]));
    }

    // Everything that shows an id shows the one that was given out.
    private async Task ShowsAsync(Made made)
    {
        foreach (var id in made.Jobs.Values)
        {
            var job = await Read(Admin.GetAsync($"/v1/jobs/{id}"));
            Assert.Equal(id, String(job["id"]));
            Assert.EndsWith($"/v1/jobs/{id}", String(job["links"]!["self"]), StringComparison.Ordinal);
            Assert.Equal(id, String((await Read(Admin.GetAsync($"/v1/jobs/{id}/explain")))["id"]));
        }

        var listed = (await Read(Admin.GetAsync("/v1/jobs")))["jobs"]!.AsArray().Select(job => String(job!["id"])).ToList();
        Assert.Superset(made.Jobs.Values.ToHashSet(), listed.ToHashSet());

        Assert.Equal(made.Jobs["video"], String((await QueryAsync("/v1/query/video_generation?task_id=", made.Jobs["video"]))["task_id"]));
        Assert.Equal(
            made.Jobs["template"],
            String((await QueryAsync("/v1/query/video_template_generation?task_id=", made.Jobs["template"]))["task_id"]));
        Assert.Equal(made.Jobs["v2"], String((await QueryAsync("/v2/query/video_generation/", made.Jobs["v2"]))["task"]!["id"]));
        Assert.Contains(
            made.Jobs["v2"], (await QueryAsync("/v2/query/video_generation", ""))["items"]!.AsArray().Select(item => String(item!["id"])));
        var speech = await QueryAsync("/v1/query/t2a_async_query_v2?task_id=", made.Jobs["speech"]);
        Assert.Equal((made.Jobs["speech"], made.Jobs["speech"]), (Number(speech["task_id"]), Number(speech["file_id"])));

        Assert.Contains(made.File, (await QueryAsync("/v1/files/list", ""))["files"]!.AsArray().Select(file => Number(file!["file_id"])));
        Assert.Equal(made.File, Number((await QueryAsync("/v1/files/retrieve?file_id=", made.File))["file"]!["file_id"]));
        (await Admin.GetAsync($"/v1/files/retrieve_content?file_id={made.File}")).Expect(200);
    }

    private async Task ShowsResultsAsync(Made made)
    {
        foreach (var surface in new[] { "job", "video" })
        {
            var done = await QueryAsync("/v1/query/video_generation?task_id=", made.Jobs[surface]);
            Assert.Equal(("Success", made.Jobs[surface]), (String(done["status"]), String(done["file_id"])));
        }

        foreach (var surface in new[] { "job", "video", "speech" })
            Assert.Equal(
                made.Jobs[surface], Number((await QueryAsync("/v1/files/retrieve?file_id=", made.Jobs[surface]))["file"]!["file_id"]));
        foreach (var id in made.Jobs.Values)
            Assert.Contains(id, (await Admin.GetAsync($"/v1/jobs/{id}/result")).Expect(200).Body, StringComparison.Ordinal);

        // As JavaScript writes it back: a number that was parsed and printed.
        var cloned = await Read(Admin.PostAsync("/v1/voice_clone", $$"""{"file_id":{{made.File}},"voice_id":"narrator01"}"""));
        Assert.Equal(0, cloned["base_resp"]!["status_code"]!.GetValue<int>());
        var deleted = await Read(Admin.PostAsync("/v1/files/delete", $$"""{"file_id":{{made.File}},"purpose":"voice_clone"}"""));
        Assert.Equal(made.File, Number(deleted["file_id"]));
    }

    private Task<JsonObject> QueryAsync(string path, string id) => Read(Admin.GetAsync(path + id));

    private async Task<JsonObject> Read(Task<Answer> asked)
    {
        var answer = await asked;
        Assert.True(answer.Status is 200 or 202, answer.Body);
        _read.Add(answer.Json);
        return answer.Json;
    }

    private static IEnumerable<string> NumbersIn(JsonNode? node) => node switch
    {
        JsonObject json => json.SelectMany(member => NumbersIn(member.Value)),
        JsonArray array => array.SelectMany(NumbersIn),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => [value.ToString()],
        _ => [],
    };

    // Parsed and printed, as JSON.parse and JSON.stringify do it.
    private static bool Survives(string number) =>
        double.Parse(number, CultureInfo.InvariantCulture) is < 1L << 53 and var parsed
            && (!number.All(char.IsAsciiDigit) || parsed.ToString("F0", CultureInfo.InvariantCulture) == number);
}

public sealed class SqliteIds() : IdContract(new SqliteData());

public sealed class PostgresIds() : IdContract(new PostgresData());
