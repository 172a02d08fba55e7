using System.ComponentModel.DataAnnotations;
using Gateway.Model.Settings;

namespace Gateway.Silo.Content;

/// <summary>Copies of what jobs made, in a directory of ours, so that it outlives the upstream's links (<c>Gateway:Results</c>).</summary>
internal sealed class ResultOptions : IValidatableObject
{
    /// <summary>
    /// Where copies of what jobs made lie, so that it outlives the upstream's links; with several nodes a directory they share.
    /// </summary>
    /// <value>unset: nothing is copied</value>
    public string? Directory { get; set; }

    /// <summary>How long a copy is kept.</summary>
    [TimeRange("1s", "3650d")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>About how many bytes all copies may take together; a full directory takes no more until older ones go.</summary>
    [Range(1, 1_125_899_906_842_624)]
    public long MaxBytes { get; set; } = 50L * 1024 * 1024 * 1024;

    /// <summary>The largest asset that is copied, in bytes.</summary>
    [Range(1, 1_125_899_906_842_624)]
    public long MaxFileBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>Jobs whose assets a node copies at once.</summary>
    [Range(1, 1000)]
    public int MaxCopies { get; set; } = 4;

    /// <summary>How long the copying of one job may take; a node that died over it is waited for as long.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The pause after the first failure; it doubles with each further one.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between two tries.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after a job's end its copy is given up.</summary>
    /// <remarks>No link of the upstream's lives longer than the default.</remarks>
    [TimeRange("0", "365d")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often a node looks, without a notice, for what is to be copied.</summary>
    /// <remarks>Null switches it off; tests do.</remarks>
    [TimeRange("10ms", "1d")]
    public TimeSpan? LookEvery { get; set; } = TimeSpan.FromSeconds(10);

    public bool IsOn => !string.IsNullOrWhiteSpace(Directory);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        TimeOrder.Check(nameof(FirstRetry), FirstRetry, nameof(LongestRetry), LongestRetry);
}
