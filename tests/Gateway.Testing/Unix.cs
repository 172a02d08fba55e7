using System.Globalization;
using System.Runtime.InteropServices;

namespace Gateway.Testing;

/// <summary>Signals to processes started here, by their id.</summary>
internal static class Unix
{
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Signal(int process, int signal)
    {
        if (process <= 1) throw new ArgumentOutOfRangeException(nameof(process), process, "is no process of ours");
        _ = kill(process, signal);
    }

    /// <summary>Resident memory of a process, in bytes.</summary>
    public static long Resident(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int process, int signal);
}
