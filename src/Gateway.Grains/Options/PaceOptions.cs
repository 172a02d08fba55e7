using System.ComponentModel.DataAnnotations;

namespace Gateway.Grains.Options;

/// <summary>Overrides of one family's row in the table of paces (Q7). What is left out stays as shipped; 0 is no limit.</summary>
internal sealed class PaceOptions
{
    /// <summary>Requests per minute.</summary>
    [Range(0, 1_000_000_000)]
    public int? Rpm { get; set; }

    /// <summary>Tokens per minute, read and written.</summary>
    [Range(0, 1_000_000_000_000)]
    public long? Tpm { get; set; }
}
