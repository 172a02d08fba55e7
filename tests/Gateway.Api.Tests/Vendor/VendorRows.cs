using System.Collections.Frozen;

namespace Gateway.Api.Tests.Vendor;

/// <summary>All rows by subject and name. Theories take names, so that a runner can show, filter and repeat each.</summary>
internal static class VendorRows
{
    public static readonly FrozenDictionary<string, VendorRow> Calls = ByName(CallRows.All);
    public static readonly FrozenDictionary<string, VendorRow> Streams = ByName(StreamRows.All);
    public static readonly FrozenDictionary<string, VendorRow> Pool = ByName(PoolRows.All);
    public static readonly FrozenDictionary<string, VendorRow> Jobs = ByName(JobRows.All);
    public static readonly FrozenDictionary<string, VendorRow> Tasks = ByName(TaskRows.All);

    public static TheoryData<string> NamesOf(FrozenDictionary<string, VendorRow> rows) => [.. rows.Keys.Order(StringComparer.Ordinal)];

    private static FrozenDictionary<string, VendorRow> ByName(IEnumerable<VendorRow> rows) => rows.ToFrozenDictionary(row => row.Name, StringComparer.Ordinal);
}
