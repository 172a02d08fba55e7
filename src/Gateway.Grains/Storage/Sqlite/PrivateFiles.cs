using System.Runtime.Versioning;

namespace Gateway.Grains.Storage.Sqlite;

/// <summary>
/// Files of a data directory are their owner's alone: secrets are sealed in them, prompts and results are not. SQLite gives the files it
/// makes beside a database the database's own mode.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others = ~(OwnerOnly | UnixFileMode.UserExecute);

    /// <summary>Makes a database's file before SQLite does, or narrows it and those beside it.</summary>
    public static void Prepare(string database)
    {
        if (OperatingSystem.IsWindows()) return;
        if (!File.Exists(database)) Make(database);
        foreach (var file in new[] { database, $"{database}-wal", $"{database}-shm" }) Narrow(file);
    }

    /// <summary>Whether others than a file's owner may read or write it.</summary>
    public static bool IsWide(string file) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0;

    /// <summary>Opens a file to write; one that is not there is made its owner's alone.</summary>
    public static FileStream Open(string file, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return new FileStream(file, options);
    }

    // Only ever a file that was not there: to open and close one that SQLite has open would take SQLite's own locks away.
    private static void Make(string file)
    {
        try
        {
            Open(file, FileMode.CreateNew, FileShare.ReadWrite).Dispose();
        }
        catch (IOException) when (File.Exists(file))
        {
            // Another connection was first.
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            // SQLite meets the same trouble, and what it says is told to callers and the operator (S4).
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void Narrow(string file)
    {
        try
        {
            if (File.Exists(file) && IsWide(file)) File.SetUnixFileMode(file, File.GetUnixFileMode(file) & ~Others);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // Another user's file that is lent to us, or one that SQLite has just removed: no reason not to serve.
        }
    }
}
