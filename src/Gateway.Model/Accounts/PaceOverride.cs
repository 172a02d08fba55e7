using System.ComponentModel.DataAnnotations;

namespace Gateway.Model.Accounts;

/// <summary>
/// One family's row in the table of paces, as the operator has it (Q7). What is left out stays as shipped; 0 is no limit.
/// </summary>
internal sealed class PaceOverride
{
    /// <summary>Requests a minute that one account takes of a family; 0 for no limit.</summary>
    /// <value>MiniMax's own, such as <c>platform/speech</c> 60, <c>platform/image</c> 10, <c>platform/video-v1</c> 20,
    /// <c>platform/chat-m2</c> 500</value>
    [Range(0, 1_000_000_000)]
    public int? Rpm { get; set; }

    /// <summary>Tokens a minute, read and written, that one account takes of a family; 0 for no limit.</summary>
    /// <value>MiniMax's own, such as <c>platform/chat-m2</c> 20 M</value>
    [Range(0, 1_000_000_000_000)]
    public long? Tpm { get; set; }

    public PaceLimit Over(PaceLimit shipped) => shipped with { Rpm = Rpm ?? shipped.Rpm, Tpm = Tpm ?? shipped.Tpm };
}
