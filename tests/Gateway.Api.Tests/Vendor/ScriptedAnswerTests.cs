using System.IO.Compression;
using System.Net;
using System.Text;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>What the simulator plays by a script is what was written, and its ledger stays honest.</summary>
public sealed class ScriptedAnswerTests : IAsyncLifetime
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30), TimeProvider.System);
    private readonly LeapingClock _clock = new();
    private MiniMaxSimulator _sim = null!;

    public async ValueTask InitializeAsync() =>
        _sim = await MiniMaxSimulator.StartAsync(new SimulatorOptions { ManualTasks = true, TimeProvider = _clock }, _patience.Token);

    public async ValueTask DisposeAsync()
    {
        await _sim.DisposeAsync();
        _http.Dispose();
        _patience.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, string key = "key-a")
    {
        using var request = new HttpRequestMessage(method, new Uri(_sim.BaseUrl, path));
        request.Headers.Authorization = new("Bearer", key);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _patience.Token);
    }

    private Task<HttpResponseMessage> SpeakAsync(string key = "key-a") =>
        SendAsync(HttpMethod.Post, VendorWork.Speech.Path, VendorWork.Speech.Body, key);

    private Task<string> TextAsync(HttpResponseMessage response) => response.Content.ReadAsStringAsync(_patience.Token);

    [Fact]
    public async Task Status_headers_and_text_are_as_written_and_nothing_was_accepted()
    {
        _sim.Script.Next(
            Operation.Speech,
            new FaultEffect.Answer(
                "moved", 301, "text/plain", new Dictionary<string, string> { ["Location"] = "/x", ["Retry-After"] = "600" }));

        using var answer = await SpeakAsync();

        Assert.Equal(
            (HttpStatusCode.MovedPermanently, "text/plain", "/x", "moved"),
            (answer.StatusCode, answer.Content.Headers.ContentType!.ToString(), answer.Headers.Location!.ToString(), await TextAsync(answer)));
        Assert.Equal(TimeSpan.FromSeconds(600), answer.Headers.RetryAfter!.Delta);
        Assert.Equal(0, _sim.Ledger.Key("key-a").AcceptedCalls);
    }

    [Fact]
    public async Task Accepted_work_counts_and_its_own_answer_can_be_gzipd()
    {
        _sim.Script.Next(Operation.Speech, new FaultEffect.Answer(Accepted: true, Gzip: true, ContentType: null));

        using var answer = await SpeakAsync();

        Assert.Null(answer.Content.Headers.ContentType);
        Assert.Equal("gzip", Assert.Single(answer.Content.Headers.ContentEncoding));
        await using var unpacked = new GZipStream(await answer.Content.ReadAsStreamAsync(_patience.Token), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        Assert.Contains("\"audio\"", await reader.ReadToEndAsync(_patience.Token), StringComparison.Ordinal);
        Assert.Equal((1, 1), (_sim.Ledger.Key("key-a").AcceptedCalls, _sim.Ledger.Snapshot().SubmitsPerHash.Values.Single()));
    }

    [Fact]
    public async Task The_text_may_name_members_of_the_platforms_own_answer()
    {
        _sim.Script.Next(
            Operation.VideoSubmit, new FaultEffect.Answer("""{"task_id":$(task_id),"code":$(base_resp.status_code)}""", Accepted: true));

        using var answer = await SendAsync(HttpMethod.Post, VendorTask.Video.Path, VendorTask.Video.Body);

        Assert.Equal($$"""{"task_id":{{Assert.Single(_sim.Ledger.Tasks()).TaskId}},"code":0}""", await TextAsync(answer));
        Assert.Equal(1, _sim.Ledger.Accepted);
    }

    [Fact]
    public async Task Pieces_wait_by_the_simulators_clock_and_the_head_may_leave_before_them()
    {
        _sim.Script.Next(
            Operation.Speech,
            new FaultEffect.Answer(
                HeadFirst: true, Pieces: [new("ab", TimeSpan.FromMinutes(3)), new("cd", TimeSpan.FromMinutes(4), Times: 3)]));

        using var answer = await SpeakAsync();
        var text = TextAsync(answer);
        while (!text.IsCompleted)
        {
            _clock.Leap(TimeSpan.FromMinutes(4));
            await Task.Yield();
        }

        Assert.Equal("abcdcdcd", await text);
    }

    [Fact]
    public async Task A_rule_strikes_one_key_at_its_nth_call()
    {
        _sim.Script.Add(
            new FaultRule
            {
                Operation = Operation.Speech,
                Key = "key-a",
                Skip = 1,
                Count = 1,
                Effect = new FaultEffect.Answer("struck", 418),
            });

        List<int> statuses = [];
        foreach (var key in new[] { "key-a", "key-b", "key-a", "key-a" })
        {
            using var answer = await SpeakAsync(key);
            statuses.Add((int)answer.StatusCode);
        }

        Assert.Equal([200, 200, 418, 200], statuses);
    }

    [Fact]
    public async Task A_query_says_any_word_with_or_without_its_result()
    {
        foreach (var task in VendorTask.All)
        {
            (await SendAsync(HttpMethod.Post, task.Path, task.Body)).Dispose();
            _sim.FinishAllTasks();
            var query = task.QueryPath + _sim.Ledger.Tasks()[^1].TaskId;
            _sim.Script.Next(task.Query, new FaultEffect.TaskSays("SUCCEEDED", WithResult: false));
            _sim.Script.Next(task.Query, new FaultEffect.TaskSays("SUCCEEDED"));
            using var without = await SendAsync(HttpMethod.Get, query);
            using var with = await SendAsync(HttpMethod.Get, query);

            var (bare, full) = (await TextAsync(without), await TextAsync(with));
            Assert.Contains("SUCCEEDED", bare, StringComparison.Ordinal);
            Assert.True(full.Length > bare.Length + 10, full);
        }
    }

    [Fact]
    public async Task A_script_may_be_written_over_http()
    {
        const string Rule =
            """{"operation":"speech","skip":1,"count":1,"effect":{"type":"answer","status":429,"contentType":"text/plain","headers":{"Retry-After":"7"},"pieces":[{"text":"slow "},{"text":"down","after":"00:00:00.001"}]}}""";
        (await SendAsync(HttpMethod.Post, "/_sim/script", Rule)).EnsureSuccessStatusCode().Dispose();
        (await SpeakAsync()).EnsureSuccessStatusCode().Dispose();

        using var answer = await SpeakAsync();

        Assert.Equal((429, "slow down"), ((int)answer.StatusCode, await TextAsync(answer)));
        (await SendAsync(HttpMethod.Post, "/_sim/script", """{"operation":"video_query","effect":{"type":"task_says","status":"done","withResult":false}}""")).EnsureSuccessStatusCode().Dispose();
    }
}
