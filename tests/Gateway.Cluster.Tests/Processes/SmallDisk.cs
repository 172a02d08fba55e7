using System.Diagnostics;

namespace Gateway.Cluster.Tests.Processes;

/// <summary>A disk of a few megabytes, in memory, to be filled.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    /// <summary>Whether this process may mount one.</summary>
    public static bool IsAllowed => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    public string Folder { get; }

    private string Ballast => Path.Combine(Folder, "ballast");

    /// <param name="options">Its size and what else <c>mount</c> takes: <c>16m</c>, <c>1m,ro</c>.</param>
    public static async Task<SmallDisk> MountAsync(string options)
    {
        var disk = new SmallDisk(Directory.CreateTempSubdirectory("gateway-disk-").FullName);
        await RunAsync("mount", "-t", "tmpfs", "-o", $"size={options}", "tmpfs", disk.Folder);
        return disk;
    }

    public Task GiveToAsync(string user) => RunAsync("chown", user, Folder);

    /// <summary>Takes what is left of it.</summary>
    public async Task FillAsync()
    {
        await using var ballast = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        try
        {
            for (var block = new byte[4096]; ;) await ballast.WriteAsync(block);
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", "--lazy", Folder);
        Directory.Delete(Folder);
    }

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', command)}: {errors}");
    }
}
