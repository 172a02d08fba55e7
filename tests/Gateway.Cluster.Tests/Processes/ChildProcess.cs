using System.Diagnostics;

namespace Gateway.Cluster.Tests.Processes;

/// <summary>
/// A process of a test, on a leash: a shell that holds the read end of a pipe from this process. However this process ends,
/// kill -9 included, the pipe closes and the shell kills its child. Output goes to a file.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const string Leash = """
        log=$1; shift
        exec 3<&0
        "$@" </dev/null >>"$log" 2>&1 3<&- &
        child=$!
        echo $child
        exec 2>/dev/null
        ( cat <&3 >/dev/null; kill -9 $child ) >/dev/null 2>&1 &
        leash=$!
        wait $child; code=$?
        kill $leash 2>/dev/null
        exit $code
        """;

    private readonly Process _shell;

    private ChildProcess(Process shell, int id, string log)
    {
        _shell = shell;
        Id = id;
        Log = log;
    }

    public int Id { get; }

    public string Log { get; }

    public bool HasExited => _shell.HasExited;

    public static async Task<ChildProcess> StartAsync(string log, IReadOnlyDictionary<string, string> environment, string directory, params string[] command)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Leash, "leash", log, .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = directory,
        };
        // What the developer's shell or the test runner sets is not the gateway's.
        foreach (var name in start.Environment.Keys.Where(IsForeign).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;

        var shell = Process.Start(start)!;
        var id = int.Parse((await shell.StandardOutput.ReadLineAsync())!);
        return new ChildProcess(shell, id, log);
    }

    public void Signal(int signal)
    {
        if (!_shell.HasExited) Unix.Signal(Id, signal);
    }

    /// <summary>Waits for its end; answers its exit code (128 + the signal, where one ended it).</summary>
    public async Task<int> WaitForExitAsync(TimeSpan atMost)
    {
        using var timeout = new CancellationTokenSource(atMost, TimeProvider.System);
        try
        {
            await _shell.WaitForExitAsync(timeout.Token);
            return _shell.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Process {Id} did not end within {atMost.TotalSeconds:0} s; its output is in {Log}.");
        }
    }

    public async Task<int> EndAsync(int signal, TimeSpan atMost)
    {
        Signal(signal);
        return await WaitForExitAsync(atMost);
    }

    public async ValueTask DisposeAsync()
    {
        Signal(Unix.Kill);
        await WaitForExitAsync(TimeSpan.FromSeconds(30));
        _shell.Dispose();
    }

    private static bool IsForeign(string name) =>
        name.StartsWith("Gateway", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ASPNETCORE", StringComparison.OrdinalIgnoreCase) ||
        name.StartsWith("ConnectionStrings", StringComparison.OrdinalIgnoreCase) || name.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase);
}
