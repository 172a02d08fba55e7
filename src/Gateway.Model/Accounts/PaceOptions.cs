using System.ComponentModel.DataAnnotations;
using Gateway.Model.Settings;

namespace Gateway.Model.Accounts;

/// <summary>How fast an account may go, over the shipped table (<c>Gateway</c>, Q7); see <see cref="PaceTable"/>.</summary>
internal sealed class PaceOptions : IValidatableObject
{
    private static readonly Dictionary<string, PaceLimit> Shipped = PaceTable.Families.ToDictionary(family => family.Key, family => family.Shipped, StringComparer.Ordinal);

    /// <summary>By <c>driver/family</c>, for example <c>Gateway:Pace:platform/chat-m2:Rpm = 20</c>.</summary>
    [EntryName("<driver>/<family>")]
    public Dictionary<string, PaceOverride> Pace { get; set; } = [];

    /// <summary>Switches pacing off altogether: nothing is counted, and a rate limit the vendor answers with rests the whole account.</summary>
    public bool PaceOff { get; set; }

    /// <summary>The table with the operator's rows.</summary>
    public PaceTable ToTable() => PaceOff ? PaceTable.Off : new PaceTable(Pace.ToDictionary(row => row.Key, row => row.Value.Over(Shipped[row.Key]), StringComparer.Ordinal));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Pace.Keys
        .Where(name => !Shipped.ContainsKey(name))
        .Select(name => new ValidationResult($"names no family; the families are {string.Join(", ", Shipped.Keys)}", [$"{nameof(Pace)}:{name}"]));
}
