using System.ComponentModel.DataAnnotations;
using Gateway.Model.Settings;

namespace Gateway.Model.Kinds;

/// <summary>Time-outs by kind over the shipped ones (<c>Gateway</c>, J9); see <see cref="KindLimits"/>.</summary>
internal sealed class KindLimitOptions : IValidatableObject
{
    [EntryName("<kind>")]
    public Dictionary<string, KindLimitOverride> Limits { get; set; } = [];

    /// <summary>The table with the operator's rows.</summary>
    public KindLimits ToLimits() =>
        new(Limits.ToDictionary(row => KindOf(row.Key)!.Value, row => row.Value.Over(KindLimits.Default[KindOf(row.Key)!.Value])));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Limits.Keys
        .Where(name => KindOf(name) is null)
        .Select(
            name =>
                new ValidationResult($"names no kind; the kinds are {string.Join(", ", JobNames.AllKinds)}", [$"{nameof(Limits)}:{name}"]));

    private static JobKind? KindOf(string name) => JobNames.TryParseKind(name, out var kind) ? kind : null;
}
