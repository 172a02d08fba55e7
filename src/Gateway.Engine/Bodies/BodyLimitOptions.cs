using System.ComponentModel.DataAnnotations;

namespace Gateway.Engine.Bodies;

/// <summary>Request bodies (<c>Gateway:Bodies</c>): the largest of each sort, and what all together may take.</summary>
internal sealed class BodyLimitOptions : IValidatableObject
{
    /// <summary>The largest request body on the gateway's own paths, in bytes.</summary>
    [Range(typeof(long), "1", "2147483591")]
    public long Own { get; set; } = 32L * 1024 * 1024;

    /// <summary>The largest request body on MiniMax's paths, whose own limit is 64 MB, in bytes.</summary>
    [Range(typeof(long), "1", "2147483591")]
    public long Native { get; set; } = 66L * 1024 * 1024;

    /// <summary>The largest uploaded file, which passes through without being kept, in bytes. MiniMax's own limit is 512 MB.</summary>
    [Range(1, 1_099_511_627_776)]
    public long Upload { get; set; } = 514L * 1024 * 1024;

    /// <summary>Bytes of request bodies in a node's memory at once, of all teams together; more is a 503.</summary>
    /// <remarks>With their copies the default fits a container of 512 MB.</remarks>
    [Range(1, 1_099_511_627_776)]
    public long Memory { get; set; } = 100L * 1024 * 1024;

    /// <summary>Bytes of one team's request bodies in a node's memory at once; more is a 429.</summary>
    /// <value>half of it, but at least the largest body</value>
    [Range(1, 1_099_511_627_776)]
    public long? TeamMemory { get; set; }

    /// <summary>
    /// Bytes a second that bodies above 256 KiB, and those of unknown length, must come with after 10 s; 0 for no such rule.
    /// </summary>
    [Range(0, 1_073_741_824)]
    public int LeastRate { get; set; } = 32 * 1024;

    /// <summary>What one team may keep.</summary>
    public long OfTeam => Math.Min(TeamMemory ?? Math.Max(Memory / 2, Largest), Memory);

    private long Largest => Math.Max(Own, Native);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Largest > Array.MaxLength) yield break; // that is what is wrong, and is said already

        // A body that never fits would be told to come again for ever.
        if (Memory < Largest)
            yield return new ValidationResult(
                $"is {Memory}; it must be at least {Largest}, the largest body that Own and Native allow", [nameof(Memory)]);
        if (OfTeam < Largest)
            yield return new ValidationResult(
                $"is {OfTeam}; it must be at least {Largest}, the largest body that Own and Native allow", [nameof(TeamMemory)]);
    }
}
