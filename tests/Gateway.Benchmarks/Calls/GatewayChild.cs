using System.Diagnostics;
using System.Net.Http.Json;

namespace Gateway.Benchmarks.Calls;

/// <summary>
/// The gateway as its users start it, in a process of its own, on a fresh SQLite file where the settings name no other database.
/// </summary>
internal sealed class GatewayChild : IAsyncDisposable
{
    private const string Token = "the-admin-token-of-the-benchmarks";

    private readonly Process _process;
    private readonly DirectoryInfo _data;

    private GatewayChild(Process process, DirectoryInfo data, Uri url)
    {
        _process = process;
        _data = data;
        Http = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                MaxResponseDrainSize = 0,
                ResponseDrainTimeout = TimeSpan.Zero,
            })
        { BaseAddress = url };
        Http.DefaultRequestHeaders.Authorization = new("Bearer", Token);
    }

    public HttpClient Http { get; }

    /// <summary>User and system time it has used so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Bytes of memory that it occupies.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public static async Task<GatewayChild> StartAsync(Uri upstream, int accounts, params (string Name, string Value)[] settings)
    {
        var child = await StartAsync("Gateway.Api.dll", settings);
        for (var account = 0; account < accounts; account++)
            (await child.Http.PostAsJsonAsync("/v1/minimax/accounts", new { url = upstream.ToString(), driver = "platform", token = $"key-{account}", maxJobs = 10 })).EnsureSuccessStatusCode();
        return child;
    }

    /// <summary>Starts a program of the gateway: the whole, or a worker.</summary>
    public static async Task<GatewayChild> StartAsync(string program, params (string Name, string Value)[] settings)
    {
        var data = Directory.CreateTempSubdirectory("gateway-benchmark-");
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, program), "--urls=http://127.0.0.1:0"])
        {
            RedirectStandardOutput =
                true,
            WorkingDirectory = data.FullName
        };
        start.Environment["Gateway__AdminToken"] = Token;
        start.Environment["Gateway__DataDirectory"] = data.FullName;
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var process = Process.Start(start)!;
        return new GatewayChild(process, data, await UrlAsync(process));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _data.Delete(recursive: true);
    }

    // The port is the system's choice and stands in the log; what comes after is read away, or the pipe would fill.
    private static Task<Uri> UrlAsync(Process process)
    {
        const string Said = "Now listening on: ";
        var url = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) url.TrySetException(new InvalidOperationException("The gateway ended before it listened."));
            else if (line.Data.IndexOf(Said, StringComparison.Ordinal) is var at and >= 0)
                url.TrySetResult(new Uri(line.Data[(at + Said.Length)..].Trim()));
        };
        process.BeginOutputReadLine();
        return url.Task;
    }
}
