using Gateway.Engine.Jobs;
using Gateway.Model.Ids;
using Gateway.Silo.Content;

namespace Gateway.Api.Tests.Jobs;

/// <summary>Sweeping a directory in which somebody has put links.</summary>
public sealed class ResultDirectoryTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTime Old = new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly string _root = Directory.CreateTempSubdirectory("gateway-results-").FullName;
    private readonly string _elsewhere = Directory.CreateTempSubdirectory("gateway-elsewhere-").FullName;

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        Directory.Delete(_elsewhere, recursive: true);
    }

    // What a job of a day long ago left, with the folder of its day.
    private static (JobId Job, string Day, string Name) OldJob()
    {
        Assert.True(JobId.TryParse("123456789", out var job));
        return (job, JobIdSource.MadeAt(job).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), job.ToString());
    }

    private static string Written(params string[] path)
    {
        var file = Path.Combine(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "precious");
        File.SetLastWriteTimeUtc(file, Old);
        for (var folder = Path.GetDirectoryName(file)!; folder.Length > Path.GetTempPath().Length; folder = Path.GetDirectoryName(folder)!)
            Directory.SetLastWriteTimeUtc(folder, Old);
        return file;
    }

    private void Sweep(ResultDirectory directory)
    {
        directory.RemoveLeftovers(Now);
        foreach (var job in directory.JobsBefore(Now).ToList()) directory.Remove(job);
    }

    private ResultDirectory Open() => ResultDirectory.Open(new ResultOptions { Directory = _root })!;

    [Fact]
    public void H16_what_is_old_and_ours_is_swept()
    {
        var (_, day, name) = OldJob();
        var directory = Open();
        var files = new[] { Written(_root, day, name, "0"), Written(_root, "incoming", "x.0.y") };
        Sweep(directory);
        Assert.All(files, file => Assert.False(File.Exists(file)));
    }

    [Fact]
    public void H16_a_sweep_follows_no_link()
    {
        if (OperatingSystem.IsWindows()) return; // links need a right there
        var (job, day, name) = OldJob();
        var directory = Open();
        string[] precious =
        [
            Written(_elsewhere, "day", name, "0"), // behind a day
            Written(_elsewhere, "job", "0"), // behind a job
            Written(_elsewhere, "incoming", "a"), // behind what is incoming
            Written(_elsewhere, "file"),
        ];
        Directory.CreateSymbolicLink(Path.Combine(_root, day), Path.Combine(_elsewhere, "day"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "2001-01-01"), Path.Combine(_elsewhere, "day"));
        File.CreateSymbolicLink(Path.Combine(_root, "incoming", "linked"), Path.Combine(_elsewhere, "file"));
        Sweep(directory);
        directory.Remove(job);

        Directory.Delete(Path.Combine(_root, day));
        Directory.CreateDirectory(Path.Combine(_root, day));
        Directory.CreateSymbolicLink(Path.Combine(_root, day, name), Path.Combine(_elsewhere, "job"));
        Directory.Delete(Path.Combine(_root, "incoming"), recursive: true);
        Directory.CreateSymbolicLink(Path.Combine(_root, "incoming"), Path.Combine(_elsewhere, "incoming"));
        Sweep(directory);
        directory.Remove(job);

        Assert.All(precious, file => Assert.Equal("precious", File.ReadAllText(file)));
    }
}
