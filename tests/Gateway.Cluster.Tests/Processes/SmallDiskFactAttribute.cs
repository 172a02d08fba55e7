using System.Runtime.CompilerServices;

namespace Gateway.Cluster.Tests.Processes;

/// <summary>A fact that mounts a disk of its own; skipped where that is not allowed.</summary>
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = "Only root on Linux may mount a small disk.";
        SkipType = typeof(SmallDisk);
        SkipUnless = nameof(SmallDisk.IsAllowed);
    }
}
