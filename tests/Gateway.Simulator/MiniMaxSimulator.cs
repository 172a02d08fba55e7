namespace Gateway.Simulator;

/// <summary>MiniMax's platform API on a local port, with a script for its faults and a ledger of what it saw.</summary>
public sealed class MiniMaxSimulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Behaviour _behaviour;
    private readonly KeyRing _keys;
    private readonly PlatformIds _ids;
    private readonly TaskBoard _board;
    private readonly CallbackCenter _callbacks;
    private readonly GateKeeper _gates = new();

    private MiniMaxSimulator(SimulatorOptions options)
    {
        TimeProvider clock = options.TimeProvider;
        _app = Host(options.Url);
        _behaviour = new Behaviour(options);
        _keys = new KeyRing(options);
        Ledger = new Ledger(options.RecordedRequests, clock);
        Script = new Script(options.Seed);
        _ids = new PlatformIds(clock);
        _board = new TaskBoard(options, _behaviour, Ledger, _ids, clock);
        _callbacks = new CallbackCenter(Ledger, _behaviour, clock, _app.Lifetime.ApplicationStopping);
        Routes(options, clock).Map(_app);
    }

    public Uri BaseUrl => new(_app.Urls.First());

    public Ledger Ledger { get; }

    public Script Script { get; }

    /// <summary>How chats are answered from now on.</summary>
    public ChatSettings Chat
    {
        get => _behaviour.Chat;
        set => _behaviour.Chat = value;
    }

    /// <summary>How images, speech, music, lyrics and voices are answered from now on.</summary>
    public MediaSettings Media
    {
        get => _behaviour.Media;
        set => _behaviour.Media = value;
    }

    /// <summary>
    /// Whether a submit is refused (2013) when its callback address does not answer the challenge. Default on.
    /// The platform does not document it; off, the task runs and is reported all the same.
    /// </summary>
    public bool RefuseUnmetChallenges
    {
        get => _behaviour.RefuseUnmetChallenges;
        set => _behaviour.RefuseUnmetChallenges = value;
    }

    /// <summary>Whether tasks accepted from now on stay queued until <see cref="StartTask"/> or <see cref="FinishTask"/>.</summary>
    public bool QueueTasks
    {
        get => _behaviour.QueueTasks;
        set => _behaviour.QueueTasks = value;
    }

    /// <summary>Whether tasks accepted from now on wait for <see cref="FinishTask"/>.</summary>
    public bool ManualTasks
    {
        get => _behaviour.ManualTasks;
        set => _behaviour.ManualTasks = value;
    }

    public static async Task<MiniMaxSimulator> StartAsync(SimulatorOptions? options = null, CancellationToken cancellationToken = default)
    {
        var simulator = new MiniMaxSimulator(options ?? new SimulatorOptions());
        await simulator._app.StartAsync(cancellationToken);
        return simulator;
    }

    /// <summary>Adds a key or changes how a known one is treated.</summary>
    public void SetKey(string key, KeySettings settings) => _keys.Set(key, settings);

    /// <summary>Holds the answers of an operation until the gate is released. Requests are received and accepted all the same.</summary>
    public HeldGate Hold(Operation operation, string? key = null) => _gates.Hold(operation, key, eachFrame: false);

    /// <summary>Holds each frame of an operation's streams until the gate lets the next one through.</summary>
    public HeldGate HoldFrames(Operation operation, string? key = null) => _gates.Hold(operation, key, eachFrame: true);

    /// <summary>Completes when so many requests of the operation have come in since the start or the ledger's reset.</summary>
    public Task WaitForAsync(Operation operation, int count, CancellationToken cancellationToken = default) =>
        Ledger.Received(operation).WaitForAsync(count, cancellationToken);

    /// <summary>Completes when so many tasks have been accepted.</summary>
    public Task WaitForAcceptedAsync(int count, CancellationToken cancellationToken = default) =>
        Ledger.AcceptedSignal.WaitForAsync(count, cancellationToken);

    /// <summary>Completes when so many POSTs to callback addresses are over, challenges included.</summary>
    public Task WaitForCallbacksAsync(int count, CancellationToken cancellationToken = default) =>
        Ledger.CallbackSignal.WaitForAsync(count, cancellationToken);

    /// <summary>Completes when so many clients have left before the end of their answer.</summary>
    public Task WaitForAbortedAsync(int count, CancellationToken cancellationToken = default) =>
        Ledger.AbortedSignal.WaitForAsync(count, cancellationToken);

    /// <summary>Takes a task out of the queue, where <see cref="QueueTasks"/> holds it; false when it is not there.</summary>
    public bool StartTask(string taskId) => _board.Start(taskId);

    /// <summary>Ends a task now, as planned or with the failure given; false when it is unknown or has ended.</summary>
    public bool FinishTask(string taskId, TaskFailure? failure = null) => _board.Finish(taskId, failure);

    /// <summary>Ends all running tasks now; returns how many there were.</summary>
    public int FinishAllTasks(TaskFailure? failure = null) => _board.FinishAll(failure);

    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => _app.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _callbacks.Dispose();
    }

    // An empty builder: settings files and environment variables of the test process are not ours.
    private static WebApplication Host(string url)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        WebApplication app = builder.Build();
        app.Urls.Add(url);
        return app;
    }

    private SimulatorRoutes Routes(SimulatorOptions options, TimeProvider clock)
    {
        var admission = new Admission(clock);
        var links = new DownloadLinks(options.Seed, clock);
        var media = new MediaShelf(links, _ids);
        var shelf = new FileShelf(options, _behaviour, _board, _ids, clock);
        var voices = new VoiceShelf(clock);
        var pipeline = new ExchangePipeline(
            Ledger, _keys, Script, _gates, new ReplyWriter(_gates, clock), clock, _app.Lifetime.ApplicationStopping);
        return new SimulatorRoutes(
            pipeline,
            new ChatApi(_behaviour, admission),
            new CompletionsApi(_behaviour, admission),
            new MessagesApi(_behaviour, admission),
            new ImageApi(_behaviour, admission, media),
            new SpeechApi(_behaviour, admission, media, voices),
            new MusicApi(_behaviour, admission, media, new CoverShelf(clock)),
            new VoiceApi(_behaviour, admission, voices, shelf, media),
            new SpeechTasksApi(_board, admission, voices, shelf, clock),
            new VideoApi(_board, admission, _callbacks, clock),
            new VideoV2Api(_board, Ledger, admission, shelf, new VideoV2Wire(links), _callbacks, clock),
            new TemplateApi(_board, admission, links, _callbacks, clock),
            new FilesApi(shelf, media, links),
            new CatalogApi(clock),
            new ControlApi(Ledger, Script, _keys, _board, _behaviour));
    }
}
