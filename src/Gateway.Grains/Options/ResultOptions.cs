using System.ComponentModel.DataAnnotations;
using Gateway.Model.Settings;

namespace Gateway.Grains.Options;

/// <summary>Copies of what jobs made, in a directory of ours, so that it outlives the upstream's links (<c>Gateway:Results</c>).</summary>
internal sealed class ResultOptions : IValidatableObject
{
    /// <summary>Where the copies lie; with several nodes a directory they share. Default none: nothing is copied.</summary>
    public string? Directory { get; set; }

    /// <summary>How long a copy is kept. Default 7 days.</summary>
    [TimeRange("1s", "3650d")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>About how much all copies may take together; a full directory takes no more until older ones go. Default 50 GiB.</summary>
    [Range(1, 1_125_899_906_842_624)]
    public long MaxBytes { get; set; } = 50L * 1024 * 1024 * 1024;

    /// <summary>Larger assets are not copied. Default 1 GiB.</summary>
    [Range(1, 1_125_899_906_842_624)]
    public long MaxFileBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>Jobs whose assets this node copies at once. Default 4.</summary>
    [Range(1, 1000)]
    public int MaxCopies { get; set; } = 4;

    /// <summary>How long the copying of one job may take; a node that died over it is waited for as long. Default 10 min.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The pause after the first failure; it doubles with each further one. Default 5 s.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between two tries. Default 10 min.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after a job's end its copy is given up. Default 24 h: no link of the upstream's lives longer.</summary>
    [TimeRange("0", "365d")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often it is looked without a hint for what is to be copied. Default 10 s; null switches it off (tests do).</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan? LookEvery { get; set; } = TimeSpan.FromSeconds(10);

    public bool IsOn => !string.IsNullOrWhiteSpace(Directory);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TimeOrder.Check(nameof(FirstRetry), FirstRetry, nameof(LongestRetry), LongestRetry);
}
