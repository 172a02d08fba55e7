using System.Runtime.InteropServices;

namespace Gateway.Storage.Sqlite;

/// <summary>
/// A lock on a directory itself: it lasts as long as the process, and nothing in the directory can be removed to get around it.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    private const int ReadOnly = 0;
    private const int Exclusive = 2;
    private const int WithoutWaiting = 4;

    private const int WouldBlock = 11;
    private const int WouldBlockOnMac = 35;

    // A process we start must not keep the lock when we are gone.
    private static readonly int CloseOnExec = OperatingSystem.IsMacOS() ? 0x0100_0000 : 0x0008_0000;

    private readonly int _handle;

    private DirectoryLock(int handle) => _handle = handle;

    /// <summary>Null where directories cannot be locked: on Windows, and on some network file systems.</summary>
    /// <exception cref="IOException">Another process has it; its result is what a locked file's is.</exception>
    public static DirectoryLock? Take(string directory)
    {
        if (OperatingSystem.IsWindows()) return null;
        var handle = open(directory, ReadOnly | CloseOnExec);
        if (handle < 0) return null;
        if (flock(handle, Exclusive | WithoutWaiting) == 0) return new DirectoryLock(handle);

        var error = Marshal.GetLastPInvokeError();
        _ = close(handle);
        return error is WouldBlock or WouldBlockOnMac ? throw new IOException($"'{directory}' is locked by another process.", error) : null;
    }

    public void Dispose() => _ = close(_handle);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int flock(int handle, int operation);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int close(int handle);
}
