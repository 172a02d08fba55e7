using Gateway.Engine.Storage;
using Gateway.Silo.Hosting;

namespace Gateway.Api.Tests.Support;

/// <summary>
/// The gateway as its executable starts it, in this process, on a free port of 127.0.0.1. It can be stopped and started
/// again on the same data, with other settings.
/// </summary>
internal sealed class GatewayUnderTest(TestData data, TimeProvider? time = null) : IAsyncDisposable
{
    public const string AdminToken = "the-admin-token-of-the-tests";

    // No polling: what is not woken stays asleep, and a test that waits for it fails.
    private readonly Dictionary<string, string> _settings = new()
    {
        ["Gateway:AdminToken"] = AdminToken,
        ["Gateway:Follow:MinInterval"] = "00:00:00.010",
        ["Gateway:Follow:MaxInterval"] = "00:00:00.050",
        ["Gateway:Dispatch:LookEvery"] = "",
        ["Gateway:ChoresEvery"] = "01:00:00",
        // Most tests ask more of an account than a minute allows; those about pace switch it on.
        ["Gateway:PaceOff"] = "true",
        ["Gateway:OverloadBackOff:0"] = "00:00:00.200",
        ["urls"] = "http://127.0.0.1:0",
    };

    private WebApplication? _app;

    /// <summary>Changes a setting for the next start.</summary>
    public string this[string name]
    {
        set => _settings[name] = value;
    }

    /// <summary>Services of this test beside the program's own.</summary>
    public Action<IServiceCollection> Register { get; set; } = _ => { };

    /// <summary>Routes of this test beside the program's own.</summary>
    public Action<WebApplication> Map { get; set; } = _ => { };

    /// <summary>Everything it logged, over all its lives.</summary>
    public Journal Journal { get; } = new();

    public Uri Address => new(_app!.Urls.First());

    public IServiceProvider Services => _app!.Services;

    public bool IsRunning => _app is not null;

    public async Task StartAsync()
    {
        var app = await BuildAsync();
        await app.StartAsync();
        _app = app;
    }

    /// <summary>Program.cs up to the run.</summary>
    public async Task<WebApplication> BuildAsync()
    {
        var builder = await GatewayHost.CreateAsync(Arguments(), CancellationToken.None, time);
        builder.Logging.ClearProviders().AddProvider(Journal);
        builder.Services.AddGatewayApi();
        Register(builder.Services);
        var app = builder.Build();
        app.MapGateway();
        Map(app);
        return app;
    }

    public async Task StopAsync()
    {
        if (_app is not { } app) return;
        _app = null;
        var store = app.Services.GetRequiredService<IGatewayStore>();
        await app.StopAsync();
        await app.DisposeAsync();
        await store.DisposeAsync(); // at the end of a process nobody need; here the file's lock would stay
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private string[] Arguments() => [.. data.Settings.Concat(_settings).Select(setting => $"--{setting.Key}={setting.Value}")];
}
