using System.Globalization;
using System.Text.Json;

namespace Gateway.Api.Tests.Prices;

/// <summary>
/// The dearest that any reader could make of a field: every place where it stands under whatever case counts, and of each value everything
/// that somebody might take for a number, cut to what the vendor serves at most.
/// </summary>
internal static class LenientVendor
{
    public static long Dearest(JsonElement body, string name, long most, long unsaid)
    {
        List<long> readings = [];
        foreach (var property in body.EnumerateObject())
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                readings.AddRange(Readings(property.Value).Select(number => (long)Math.Clamp(Math.Ceiling(number), 1, most)));
        return readings.DefaultIfEmpty(unsaid).Max();
    }

    private static IEnumerable<double> Readings(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => [value.GetDouble()],
        JsonValueKind.String =>
            double.TryParse(value.GetString(), NumberStyles.Any, CultureInfo.InvariantCulture, out var number) && !double.IsNaN(number)
                ? [number]
                : [],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Readings),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(inner => Readings(inner.Value)),
        JsonValueKind.True => [1],
        _ => [],
    };
}
