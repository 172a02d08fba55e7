using Gateway.Engine.Storage;
using Gateway.Model.Ids;

namespace Gateway.Silo.Content;

/// <summary>A copy while it is written. It is gone when it is disposed before it is kept.</summary>
/// <param name="job">Of which job.</param>
/// <param name="n">Which of its assets.</param>
/// <param name="file">What is written.</param>
/// <param name="path">The name it gets.</param>
internal sealed class IncomingFile(JobId job, int n, FileStream file, string path) : IAsyncDisposable
{
    private bool _isKept;

    public JobId Job => job;

    public int N => n;

    public long Bytes { get; private set; }

    /// <exception cref="ResultDirectoryException">The disk is full, or gone.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await file.WriteAsync(bytes, cancellationToken);
            Bytes += bytes.Length;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ResultDirectoryException(failure);
        }
    }

    /// <summary>Gives it its name, once all of it is on the disk: a name never leads to half a file.</summary>
    /// <exception cref="ResultDirectoryException">The disk is full, or gone.</exception>
    public void Keep() => _isKept = ResultDirectory.Guard(() =>
    {
        file.Flush(flushToDisk: true);
        // One by one: a folder that is made on the way to another gets everybody's mode.
        var folder = Path.GetDirectoryName(path)!;
        PrivateFiles.MakeFolder(Path.GetDirectoryName(folder)!);
        PrivateFiles.MakeFolder(folder);
        File.Move(file.Name, path, overwrite: true);
        return true;
    });

    public async ValueTask DisposeAsync()
    {
        try
        {
            await file.DisposeAsync();
            if (!_isKept) File.Delete(file.Name);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Swept later.
        }
    }
}
