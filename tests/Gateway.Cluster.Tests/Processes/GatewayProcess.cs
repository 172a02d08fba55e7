using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gateway.Testing;

namespace Gateway.Cluster.Tests.Processes;

/// <summary>One start of a gateway as its users start it: <c>dotnet Gateway.Api.dll</c>, settings by environment.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _child;
    private readonly Uri _url;

    private GatewayProcess(ChildProcess child, Uri url)
    {
        _child = child;
        _url = url;
    }

    public string Log => _child.Log;

    /// <summary>Bytes of memory it has from the machine.</summary>
    public long Resident => Unix.Resident(_child.Id);

    public bool HasExited => _child.HasExited;

    /// <summary>Starts and does not wait: a kill may come before it is ready.</summary>
    public static Task<GatewayProcess> StartAsync(
        Uri url, string log, IReadOnlyDictionary<string, string> settings, string directory, params string[] args) =>
        StartAsync(["Gateway.Api.dll", .. args], url, log, settings, directory);

    /// <summary>The same with another program and its arguments.</summary>
    public static async Task<GatewayProcess> StartAsync(
        string[] program, Uri url, string log, IReadOnlyDictionary<string, string> settings, string directory)
    {
        var environment = new Dictionary<string, string>(settings)
        {
            ["ASPNETCORE_URLS"] = url.ToString(),
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_NOLOGO"] = "1",
        };
        var dll = Path.Combine(AppContext.BaseDirectory, program[0]);
        return new GatewayProcess(await ChildProcess.StartAsync(log, environment, directory, ["dotnet", dll, .. program[1..]]), url);
    }

    /// <summary>Ends when <c>/readyz</c> says yes.</summary>
    public async Task WaitUntilReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = _url, Timeout = TimeSpan.FromSeconds(5) };
        var started = TimeProvider.System.GetTimestamp();
        while (!await IsReadyAsync(http))
        {
            if (_child.HasExited) throw new InvalidOperationException($"The gateway ended while it was waited for:\n{Tail()}");
            if (TimeProvider.System.GetElapsedTime(started) > StartPatience)
                throw new TimeoutException($"The gateway did not get ready:\n{Tail()}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    public async Task KillAsync()
    {
        var code = await _child.EndAsync(Unix.Kill, TimeSpan.FromSeconds(30));
        if (code != 128 + Unix.Kill) throw new InvalidOperationException($"The gateway had ended by itself with code {code}:\n{Tail()}");
    }

    public void Signal(int signal) => _child.Signal(signal);

    public Task<int> WaitForExitAsync(TimeSpan atMost) => _child.WaitForExitAsync(atMost);

    /// <summary>Signals, and answers the exit code.</summary>
    public Task<int> EndAsync(int signal, TimeSpan atMost) => _child.EndAsync(signal, atMost);

    public string Output() => File.Exists(Log) ? File.ReadAllText(Log) : "";

    public string Tail() => string.Join('\n', Output().Split('\n').TakeLast(40));

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    /// <summary>
    /// A port nobody listens at, below those the system gives to outgoing connections: none of these may take it while its
    /// gateway is down.
    /// </summary>
    public static Uri FreeUrl()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(20_000, 32_000);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return new Uri($"http://127.0.0.1:{port}");
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync("/readyz");
            return answer.IsSuccessStatusCode;
        }
        catch (Exception broken) when (broken is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
