using System.Runtime.InteropServices;

namespace Gateway.Storage.Sqlite;

/// <summary>Makes what was written survive a power cut: a file's bytes, and a directory's names.</summary>
internal static class DurableFiles
{
    private const int ReadOnly = 0;

    public static void Sync(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    // .NET opens no directories; Windows has no such call and needs none.
    public static void SyncDirectory(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        var handle = open(directory, ReadOnly);
        if (handle < 0) throw Failure(directory);
        try
        {
            if (fsync(handle) != 0) throw Failure(directory);
        }
        finally
        {
            _ = close(handle);
        }
    }

    private static IOException Failure(string directory) =>
        new($"'{directory}' could not be synced: {Marshal.GetLastPInvokeErrorMessage()}.");

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fsync(int handle);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int close(int handle);
}
