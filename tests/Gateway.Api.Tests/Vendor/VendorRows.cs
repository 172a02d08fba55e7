using System.Collections.Frozen;
using Xunit.Sdk;

namespace Gateway.Api.Tests.Vendor;

/// <summary>All rows by subject and name. Theories take names, so that a runner can show, filter and repeat each.</summary>
internal static class VendorRows
{
    public static readonly FrozenDictionary<string, IReadOnlyList<VendorRow>> Calls = ByName(CallRows.All);
    public static readonly FrozenDictionary<string, IReadOnlyList<VendorRow>> Streams = ByName(StreamRows.All);
    public static readonly FrozenDictionary<string, IReadOnlyList<VendorRow>> Pool = ByName(PoolRows.All);
    public static readonly FrozenDictionary<string, IReadOnlyList<VendorRow>> Jobs = ByName(JobRows.All);
    public static readonly FrozenDictionary<string, IReadOnlyList<VendorRow>> Tasks = ByName(TaskRows.All);
    public static readonly FrozenDictionary<string, IReadOnlyList<VendorRow>> Documents = ByName(DocumentRows.All);

    public static TheoryData<RowName> NamesOf(FrozenDictionary<string, IReadOnlyList<VendorRow>> rows) =>
        [.. rows.Keys.Order(StringComparer.Ordinal).Select(name => new RowName(name))];

    private static FrozenDictionary<string, IReadOnlyList<VendorRow>> ByName(IEnumerable<VendorRow> rows) =>
        rows.GroupBy(row => row.Name, StringComparer.Ordinal).ToFrozenDictionary(
            alike => alike.Key, IReadOnlyList<VendorRow> (alike) => [.. alike], StringComparer.Ordinal);
}

/// <summary>The name of rows, whole: a text would be cut in the names of tests.</summary>
public sealed class RowName : IXunitSerializable
{
    public RowName()
    {
    }

    public RowName(string name) => Name = name;

    public string Name { get; private set; } = "";

    public void Serialize(IXunitSerializationInfo info) => info.AddValue(nameof(Name), Name);

    public void Deserialize(IXunitSerializationInfo info) => Name = info.GetValue<string>(nameof(Name))!;

    public override string ToString() => Name;
}
