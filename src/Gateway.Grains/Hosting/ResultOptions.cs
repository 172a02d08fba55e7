using Gateway.Grains.Storage;

namespace Gateway.Grains.Hosting;

/// <summary>Copies of what jobs made, in a directory of ours, so that it outlives the upstream's links (<c>Gateway:Results</c>).</summary>
internal sealed class ResultOptions
{
    /// <summary>Where the copies lie; with several nodes a directory they share. Default none: nothing is copied.</summary>
    public string? Directory { get; set; }

    /// <summary>How long a copy is kept. Default 7 days.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>About how much all copies may take together; a full directory takes no more until older ones go. Default 50 GiB.</summary>
    public long MaxBytes { get; set; } = 50L * 1024 * 1024 * 1024;

    /// <summary>Larger assets are not copied. Default 1 GiB.</summary>
    public long MaxFileBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>Jobs whose assets this node copies at once. Default 4.</summary>
    public int MaxCopies { get; set; } = 4;

    /// <summary>How long the copying of one job may take; a node that died over it is waited for as long. Default 10 min.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The pause after the first failure; it doubles with each further one. Default 5 s.</summary>
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between two tries. Default 10 min.</summary>
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after a job's end its copy is given up. Default 24 h: no link of the upstream's lives longer.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often it is looked without a hint for what is to be copied. Default 10 s; null switches it off (tests do).</summary>
    public TimeSpan? LookEvery { get; set; } = TimeSpan.FromSeconds(10);

    public bool IsOn => Directory is not null;

    /// <exception cref="GatewaySetupException">A number makes no sense.</exception>
    public ResultOptions Checked()
    {
        if (Directory is { } directory && string.IsNullOrWhiteSpace(directory)) Directory = null;
        if (KeepFor <= TimeSpan.Zero || MaxBytes < 1 || MaxFileBytes < 1 || MaxCopies < 1 || Timeout <= TimeSpan.Zero || FirstRetry <= TimeSpan.Zero || LongestRetry < FirstRetry || GiveUpAfter < TimeSpan.Zero || LookEvery <= TimeSpan.Zero)
            throw new GatewaySetupException("Gateway:Results holds a time or a number that is not above 0, or a LongestRetry below FirstRetry.");
        return this;
    }
}
