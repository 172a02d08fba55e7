using System.ComponentModel.DataAnnotations;

namespace Gateway.Engine.Bodies;

/// <summary>Request bodies (<c>Gateway:Bodies</c>): the largest of each sort, and what all together may take.</summary>
internal sealed class BodyLimitOptions : IValidatableObject
{
    /// <summary>On the gateway's own paths. Default 32 MiB.</summary>
    [Range(typeof(long), "1", "2147483591")]
    public long Own { get; set; } = 32L * 1024 * 1024;

    /// <summary>On MiniMax's paths, whose own limit is 64 MB. Default 66 MiB.</summary>
    [Range(typeof(long), "1", "2147483591")]
    public long Native { get; set; } = 66L * 1024 * 1024;

    /// <summary>Uploaded files, which pass through without being kept. MiniMax's own limit is 512 MB. Default 514 MiB.</summary>
    [Range(1, 1_099_511_627_776)]
    public long Upload { get; set; } = 514L * 1024 * 1024;

    /// <summary>Bodies that are in this node's memory at once, in bytes. Default 100 MiB, which with their copies fits a container of 512 MB.</summary>
    [Range(1, 1_099_511_627_776)]
    public long Memory { get; set; } = 100L * 1024 * 1024;

    /// <summary>The same for each team. Default half of it, and room for the largest body.</summary>
    [Range(1, 1_099_511_627_776)]
    public long? TeamMemory { get; set; }

    /// <summary>Bytes a second that large bodies, and those of unknown length, must come with, after 10 s. Default 32 KiB; 0 for no such rule.</summary>
    [Range(0, 1_073_741_824)]
    public int LeastRate { get; set; } = 32 * 1024;

    /// <summary>What one team may keep.</summary>
    public long OfTeam => Math.Min(TeamMemory ?? Math.Max(Memory / 2, Largest), Memory);

    private long Largest => Math.Max(Own, Native);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Largest > Array.MaxLength) yield break; // that is what is wrong, and is said already

        // A body that never fits would be told to come again for ever.
        if (Memory < Largest) yield return new ValidationResult($"is {Memory}; it must be at least {Largest}, the largest body that Own and Native allow", [nameof(Memory)]);
        if (OfTeam < Largest) yield return new ValidationResult($"is {OfTeam}; it must be at least {Largest}, the largest body that Own and Native allow", [nameof(TeamMemory)]);
    }
}
