using System.ComponentModel.DataAnnotations;
using Gateway.Model.Settings;

namespace Gateway.Model.Kinds;

/// <summary>One kind's row in the table of time-outs, as the operator has it (J9). What is left out stays as shipped.</summary>
internal sealed class KindLimitOverride : IValidatableObject
{
    /// <summary>How long a kind may take: then its slot is freed, whatever the upstream says.</summary>
    /// <remarks>L4.</remarks>
    /// <value>video 45m, music 20m, chat 15m, image 10m, speech 10m</value>
    [TimeRange("10ms", "7d")]
    public TimeSpan? LongestRun { get; set; }

    /// <summary>How long, and a minute more, a token must still live for the kind to be sent with it.</summary>
    /// <remarks>J8.</remarks>
    /// <value>video 10m, music 2m, chat 2m, image 2m, speech 2m</value>
    [TimeRange("0", "7d")]
    public TimeSpan? ExpectedRun { get; set; }

    /// <summary>How long an upstream may think before its answer's first byte.</summary>
    /// <value>up to the kind's longest run</value>
    [TimeRange("10ms", "7d")]
    public TimeSpan? FirstByte { get; set; }

    /// <summary>How long an upstream may be silent within an answer.</summary>
    /// <value>up to the kind's longest run</value>
    [TimeRange("10ms", "7d")]
    public TimeSpan? Idle { get; set; }

    public KindLimit Over(KindLimit shipped) =>
        new(LongestRun ?? shipped.LongestRun, ExpectedRun ?? shipped.ExpectedRun) { FirstByte = FirstByte, Idle = Idle };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        TimeOrder.Check(nameof(ExpectedRun), ExpectedRun, nameof(LongestRun), LongestRun);
}
