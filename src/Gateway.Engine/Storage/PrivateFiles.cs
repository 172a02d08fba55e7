using System.Runtime.Versioning;

namespace Gateway.Engine.Storage;

/// <summary>
/// Files of a data directory are their owner's alone: secrets are sealed in them, prompts and results are not. SQLite gives the files it
/// makes beside a database the database's own mode.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode OwnersFolder = OwnerOnly | UnixFileMode.UserExecute;

    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    private const UnixFileMode Everybody = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const UnixFileMode Others = Group | Everybody;

    /// <summary>Makes a folder its owner's alone; one that is there stays as it is.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnersFolder);
    }

    /// <summary>
    /// What to tell the operator of a data directory before its files are opened, which narrows them: what others may have read until now.
    /// A folder is left as it is: it may be a volume that is lent to us, and its files are private all the same.
    /// </summary>
    public static IEnumerable<string> WarningsOf(string directory)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(directory)) yield break;
        if (IsWideFolder(directory))
            yield return $"The data directory '{directory}' can be entered by others than its owner: chmod 700 it. Its files are made " +
                $"readable for their owner alone.";
        foreach (var file in Directory.GetFiles(directory, "*.db*").Where(IsWide))
            yield return $"The file '{file}' could be read by others than its owner; it is narrowed now where it is ours. Where it stays " +
                $"so: chmod 600 it.";
    }

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

    // A folder with the set-group bit is lent through its group, as Kubernetes lends volumes (fsGroup): the group is how we get in.
    [UnsupportedOSPlatform("windows")]
    private static bool IsWideFolder(string directory) =>
        File.GetUnixFileMode(directory) is var mode && (mode & (mode.HasFlag(UnixFileMode.SetGroup) ? Everybody : Others)) != 0;

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
