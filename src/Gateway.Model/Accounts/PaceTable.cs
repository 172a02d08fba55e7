using System.Collections.Frozen;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;

namespace Gateway.Model.Accounts;

/// <summary>How fast an account may go, by <c>driver/family</c> (Q7). A family is what the vendor counts together.</summary>
/// <remarks>Each driver ships its vendor's numbers; they drift, packages differ, and <c>Gateway:Pace</c> overrides each.</remarks>
internal sealed class PaceTable
{
    /// <summary>No pace at all: nothing is counted, and a vendor's rate limit rests the whole account.</summary>
    public static readonly PaceTable Off = new([]);

    private readonly FrozenDictionary<string, FrozenDictionary<string, PaceLimit>> _drivers;

    /// <param name="shipped">The limits of each driver.</param>
    /// <param name="overrides">Limits by <c>driver/family</c>, of families that are shipped.</param>
    public PaceTable(
        IEnumerable<(string Driver, IReadOnlyList<PaceLimit> Limits)> shipped, IReadOnlyDictionary<string, PaceLimit>? overrides = null) =>
        _drivers = shipped.ToFrozenDictionary(
        driver => driver.Driver,
        driver =>
            driver.Limits.Select(
                limit => overrides?.GetValueOrDefault(Key(driver.Driver, limit.Family)) ?? limit).ToFrozenDictionary(limit => limit.Family,
                StringComparer.Ordinal),
        StringComparer.Ordinal);

    /// <summary>A family as settings name it.</summary>
    public static string Key(string driver, string family) => $"{driver}/{family}";

    /// <summary>The pace of one piece of work; null where there is none.</summary>
    public PaceLimit? Of(string driver, Work work) => Of(driver, OperationTable.Of(work).FamilyOf(work.Model));

    /// <summary>The family's limits; null where there is none.</summary>
    public PaceLimit? Of(string driver, string family) => _drivers.GetValueOrDefault(driver)?.GetValueOrDefault(family);
}
