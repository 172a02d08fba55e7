using System.ComponentModel.DataAnnotations;
using Gateway.Model.Settings;

namespace Gateway.Grains.Options;

/// <summary>Overrides of one kind's row in the table of time-outs (J9).</summary>
internal sealed class KindLimitOptions : IValidatableObject
{
    /// <summary>When a slot is freed whatever the upstream says (L4).</summary>
    [TimeRange("10ms", "7d")]
    public TimeSpan? LongestRun { get; set; }

    /// <summary>How long a token must still live for the kind to be sent with it (J8).</summary>
    [TimeRange("0", "7d")]
    public TimeSpan? ExpectedRun { get; set; }

    /// <summary>How long an upstream may think before its answer's first byte. Default: up to the hard end.</summary>
    [TimeRange("10ms", "7d")]
    public TimeSpan? FirstByte { get; set; }

    /// <summary>How long it may be silent within an answer. Default: the same.</summary>
    [TimeRange("10ms", "7d")]
    public TimeSpan? Idle { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TimeOrder.Check(nameof(ExpectedRun), ExpectedRun, nameof(LongestRun), LongestRun);
}
