using Gateway.Model.Settings;

namespace Gateway.Model.Accounts;

/// <summary>How fast an account may go, over the shipped table (<c>Gateway</c>, Q7); see <see cref="PaceTable"/>.</summary>
internal sealed class PaceOptions
{
    /// <summary>By <c>driver/family</c>, for example <c>Gateway:Pace:platform/chat-m2:Rpm = 20</c>.</summary>
    [EntryName("<driver>/<family>")]
    public Dictionary<string, PaceOverride> Pace { get; set; } = [];

    /// <summary>
    /// Switches pacing off altogether: nothing is counted, and a rate limit the vendor answers with rests the whole account.
    /// </summary>
    public bool PaceOff { get; set; }

    /// <summary>What is wrong with the operator's rows; null for nothing. Which families there are the drivers say.</summary>
    public string? WhyNot(IReadOnlyList<(string Driver, IReadOnlyList<PaceLimit> Limits)> shipped)
    {
        var families = Named(shipped);
        return Pace.Keys.FirstOrDefault(name => !families.ContainsKey(name)) is { } unknown
            ? $"Gateway:{nameof(Pace)}:{unknown} names no family; the families are {string.Join(", ", families.Keys)}."
            : null;
    }

    /// <summary>The table with the operator's rows.</summary>
    public PaceTable ToTable(IReadOnlyList<(string Driver, IReadOnlyList<PaceLimit> Limits)> shipped)
    {
        if (PaceOff) return PaceTable.Off;
        var families = Named(shipped);
        return new PaceTable(shipped, Pace.ToDictionary(row => row.Key, row => row.Value.Over(families[row.Key]), StringComparer.Ordinal));
    }

    private static Dictionary<string, PaceLimit> Named(IReadOnlyList<(string Driver, IReadOnlyList<PaceLimit> Limits)> shipped) => shipped
        .SelectMany(driver => driver.Limits.Select(limit => (Key: PaceTable.Key(driver.Driver, limit.Family), Limit: limit)))
        .ToDictionary(family => family.Key, family => family.Limit, StringComparer.Ordinal);
}
