using Gateway.Simulator;

namespace Gateway.Api.Tests.Support;

/// <summary>
/// A test with a simulator as upstream and a gateway in front of it, both fresh. Whatever it waits for, it waits at most
/// <see cref="Longest"/>. At its end nothing may have failed unexpectedly in the gateway.
/// </summary>
public abstract class GatewayTest : IAsyncLifetime
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _patience = new(Longest, TimeProvider.System);
    private readonly HttpClient _http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
    { Timeout = Timeout.InfiniteTimeSpan };
    private readonly TestData _data;

    private protected GatewayTest()
        : this(new SqliteData())
    {
    }

    private protected GatewayTest(TestData data, TimeProvider? time = null)
    {
        _data = data;
        Gateway = new GatewayUnderTest(data, time);
    }

    private protected GatewayUnderTest Gateway { get; }

    private protected MiniMaxSimulator Sim { get; private set; } = null!;

    private protected CancellationToken Patience => _patience.Token;

    private protected TestData Data => _data;

    private protected Client Admin => As(GatewayUnderTest.AdminToken);

    private protected Client Nobody => As(null);

    /// <summary>Log lines of errors that this test provokes on purpose contain this.</summary>
    private protected string? ExpectedError { get; set; }

    public virtual async ValueTask InitializeAsync()
    {
        await _data.PrepareAsync(GetType());
        Sim = await MiniMaxSimulator.StartAsync(Upstream, Patience);
        Configure();
        await Gateway.StartAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Sim.DisposeAsync();
        await _data.DisposeAsync();
        _http.Dispose();
        _patience.Dispose();
        var unexpected = Gateway.Journal.Errors.Where(
            line => ExpectedError is null || !line.Contains(ExpectedError, StringComparison.Ordinal)).ToList();
        Assert.True(unexpected.Count == 0, string.Join('\n', unexpected));
    }

    /// <summary>How the simulator of this class starts.</summary>
    private protected virtual SimulatorOptions Upstream => new() { ManualTasks = true };

    /// <summary>Settings of this class, before the first start.</summary>
    private protected virtual void Configure()
    {
    }

    private protected Client As(string? token) => new(Gateway, _http, token, Patience);

    /// <summary>
    /// An account on the simulator. The key names it there; it is not asked about, so that counts of requests are the tests' own.
    /// </summary>
    /// <returns>The account's id.</returns>
    private protected async Task<string> AddAccountAsync(string key, int maxJobs = 1, params (string Name, object? Value)[] more)
    {
        var body =
            new Dictionary<string, object?> { ["url"] = Sim.BaseUrl.ToString(), ["driver"] = "platform", ["token"] = key, ["maxJobs"] = maxJobs, ["validate"] = false };
        foreach (var (name, value) in more) body[name] = value;
        return (await Admin.PostAsync("/v1/minimax/accounts", body)).Expect(201).Text("account");
    }

    private protected async Task<Answer> AccountAsync(string id) => (await Admin.GetAsync($"/v1/admin/accounts/{id}")).Expect(200);

    /// <summary>A team with a token of its own.</summary>
    private protected async Task<Client> AddTeamAsync(string name, object? token = null, int weight = 1, object? limits = null)
    {
        var team = (await Admin.PostAsync("/v1/admin/teams", new { name, weight, limits })).Expect(201).Text("id");
        return As((await Admin.PostAsync($"/v1/admin/teams/{team}/tokens", token ?? new { })).Expect(201).Text("token"));
    }

    private protected static object VideoJob(string prompt = "a calm sea", int priority = 5, string model = "MiniMax-Hailuo-02") =>
        new { kind = "video", request = new { model, prompt }, priority };

    private protected async Task<string> SubmitVideoAsync(
        string prompt = "a calm sea", int priority = 5, Client? by = null, string model = "MiniMax-Hailuo-02") =>
        (await (by ?? Admin).PostAsync("/v1/jobs", VideoJob(prompt, priority, model))).Expect(202).Text("id");

    private protected async Task<Answer> JobAsync(string id) => (await Admin.GetAsync($"/v1/jobs/{id}")).Expect(200);

    /// <summary>Waits for a job to reach a status, by long-poll; another terminal status ends the test.</summary>
    private protected async Task<Answer> WaitForAsync(string id, string status)
    {
        var job = await JobAsync(id);
        while (job.Text("status") != status)
        {
            Assert.True(job["finishedAt"] is null, $"Job {id} should become {status}: {job.Body}");
            job = (await Admin.GetAsync($"/v1/jobs/{id}?wait=20&after={job["seq"]}")).Expect(200);
        }

        return job;
    }

    /// <summary>Waits for a job's end.</summary>
    private protected async Task<Answer> EndAsync(string id) => (await Admin.GetAsync($"/v1/jobs/{id}?wait=25")).Expect(200);

    /// <summary>Looks again until it is so. For what has no signal of its own over HTTP, such as a slot that is freed.</summary>
    private protected Task EventuallyAsync(Func<Task<bool>> isSo) => Eventually.BeAsync(isSo, Patience);

    private protected Task SlotsAsync(string account, int used) =>
        EventuallyAsync(async () => (await AccountAsync(account))["leases"]!.AsArray().Count == used);
}
