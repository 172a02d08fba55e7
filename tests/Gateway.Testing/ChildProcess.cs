using System.Diagnostics;

namespace Gateway.Testing;

/// <summary>
/// A process of a test, on a leash: a shell that holds the read end of a pipe from this process. However this process ends,
/// kill -9 included, the pipe closes and the shell ends its child. Output goes to a file.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // With the files of a child goes a mark that its leash was pulled: whoever ends a child in order tidies up himself.
    private const string Leash = """
        log=$1; signal=$2; scratch=$3; shift 3
        exec 3<&0
        "$@" </dev/null >>"$log" 2>&1 3<&- &
        child=$!
        echo $child
        exec 2>/dev/null
        ( cat <&3 >/dev/null; [ -z "$scratch" ] || : > "$scratch/abandoned"; kill -$signal $child ) >/dev/null 2>&1 &
        leash=$!
        wait $child; code=$?
        kill $leash 2>/dev/null
        [ ! -e "$scratch/abandoned" ] || rm -rf "$scratch"
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

    public static Task<ChildProcess> StartAsync(
        string log, IReadOnlyDictionary<string, string> environment, string directory, params string[] command) =>
        StartAsync([log, $"{Unix.Kill}", "", .. command], environment, directory);

    /// <summary>
    /// The same for a server that ends well by <paramref name="signal"/> and whose files, its log among them, go with this process.
    /// </summary>
    public static Task<ChildProcess> StartServerAsync(string log, int signal, string scratch, params string[] command) =>
        StartAsync([log, $"{signal}", scratch, .. command], new Dictionary<string, string>(), "/");

    private static async Task<ChildProcess> StartAsync(
        string[] arguments, IReadOnlyDictionary<string, string> environment, string directory)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Leash, "leash", .. arguments])
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
        return new ChildProcess(shell, id, arguments[0]);
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
        name.StartsWith("Gateway", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("ASPNETCORE", StringComparison.OrdinalIgnoreCase) ||
        name.StartsWith("ConnectionStrings", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase);
}
