using System.Globalization;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Model.Content;
using Gateway.Model.Ids;

namespace Gateway.Silo.Content;

/// <summary>
/// Where copies lie: <c>{day}/{job}/{n}</c>, all of it numbers of our own. What is being written lies in <c>incoming</c> and gets its
/// name when all of it is on the disk. Several nodes may share it. What is removed here is ours: a link that stands in the place of a
/// folder is not followed, and what it leads to stays.
/// </summary>
internal sealed class ResultDirectory
{
    private const string Incoming = "incoming";
    private const int Buffer = 64 * 1024;

    private readonly string _root;

    private ResultDirectory(string root) => _root = Path.GetFullPath(root);

    /// <summary>Null where none is set.</summary>
    /// <exception cref="GatewaySetupException">It cannot be used.</exception>
    public static ResultDirectory? Open(ResultOptions options)
    {
        if (options is not { IsOn: true, Directory: { } root }) return null;
        try
        {
            var directory = new ResultDirectory(root);
            PrivateFiles.MakeFolder(directory._root);
            PrivateFiles.MakeFolder(Path.Combine(directory._root, Incoming));
            return directory;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new GatewaySetupException($"Gateway:Results:Directory is '{root}', which cannot be used: {failure.Message}", failure);
        }
    }

    /// <summary>Begins a copy. Nobody sees it before it is kept.</summary>
    public IncomingFile Begin(JobId job, int n) => Guard(() =>
    {
        var path = Path.Combine(_root, Incoming, $"{job}.{n.ToString(CultureInfo.InvariantCulture)}.{Path.GetRandomFileName()}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new IncomingFile(job, n, new FileStream(path, options), PathOf(job, n));
    });

    /// <summary>Opens a copy; null when it is not there, or not whole.</summary>
    public FileStream? Open(ResultCopy copy)
    {
        FileStream? file = null;
        try
        {
            // Who reads does not keep it from being removed.
            file = new FileStream(
                PathOf(copy.Job, copy.N), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, Buffer,
                FileOptions.Asynchronous);
            if (file.Length == copy.Bytes) return file;
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            // Another node's disk, or an operator's hand: the upstream may still have it.
        }

        file?.Dispose();
        return null;
    }

    /// <summary>Removes one copy, and its folder with the last one.</summary>
    public void Remove(ResultCopy copy) => Guard(() =>
    {
        if (OwnFolderOf(copy.Job) is not { } folder) return 0;
        File.Delete(PathOf(copy.Job, copy.N));
        if (!Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
        return 1;
    });

    /// <summary>Removes all copies of a job.</summary>
    public void Remove(JobId job) => Guard(() =>
    {
        if (OwnFolderOf(job) is { } folder) Directory.Delete(folder, recursive: true);
        return 1;
    });

    /// <summary>Jobs with a folder that nothing was written to since an instant.</summary>
    public IEnumerable<JobId> JobsBefore(DateTimeOffset instant) =>
        from day in Days()
        from folder in OwnFoldersIn(day)
        where Directory.GetLastWriteTimeUtc(folder) < instant.UtcDateTime
        let job = JobId.TryParse(Path.GetFileName(folder), out var id) ? id : default
        where job != default && FolderOf(job) == folder
        select job;

    /// <summary>Removes what nobody has written to since an instant: begun by a process that is gone; and empty days.</summary>
    public void RemoveLeftovers(DateTimeOffset before) => Guard(() =>
    {
        foreach (var incoming in OwnFoldersIn(_root).Where(folder => Path.GetFileName(folder) == Incoming))
            foreach (var file in new DirectoryInfo(incoming).EnumerateFiles())
                if (!IsLink(file) && file.LastWriteTimeUtc < before.UtcDateTime) file.Delete();
        foreach (var day in Days())
            if (Directory.GetLastWriteTimeUtc(day) < before.UtcDateTime && !Directory.EnumerateFileSystemEntries(day).Any())
                Directory.Delete(day);
        return 1;
    });

    private IEnumerable<string> Days() => OwnFoldersIn(_root).Where(folder => Path.GetFileName(folder) != Incoming);

    private static IEnumerable<string> OwnFoldersIn(string folder) =>
        new DirectoryInfo(folder).EnumerateDirectories().Where(found => !IsLink(found)).Select(found => found.FullName);

    // Null where it is not there, or where a link stands in its place or in its day's.
    private string? OwnFolderOf(JobId job)
    {
        var folder = new DirectoryInfo(FolderOf(job));
        return folder.Exists && !IsLink(folder) && !IsLink(folder.Parent!) ? folder.FullName : null;
    }

    private static bool IsLink(FileSystemInfo found) => found.Attributes.HasFlag(FileAttributes.ReparsePoint);

    private string PathOf(JobId job, int n) => Path.Combine(FolderOf(job), n.ToString(CultureInfo.InvariantCulture));

    private string FolderOf(JobId job) =>
        Path.Combine(_root, JobIdSource.MadeAt(job).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), job.ToString());

    internal static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ResultDirectoryException(failure);
        }
    }
}
