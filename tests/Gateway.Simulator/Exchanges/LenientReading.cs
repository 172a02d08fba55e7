using System.Globalization;
using System.Text.Json;

namespace Gateway.Simulator;

/// <summary>
/// How a forgiving platform reads a number: by a name in any case, the last of several, and whatever can be taken for one. Its own words
/// ("json: unknown field") are those of a reader that minds no case.
/// </summary>
internal static class LenientReading
{
    /// <summary>9 for 9.0, 9e0, "9", [9], and for 90 where nine is the most; null for what is no number at all.</summary>
    public static long? Number(this JsonElement json, string name, long most)
    {
        double? read = null;
        foreach (JsonProperty property in json.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && property.Value.ValueKind != JsonValueKind.Null)
            {
                read = Of(property.Value);
            }
        }

        return read is { } number ? (long)Math.Clamp(number, 1, most) : null;
    }

    private static double? Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String when double.TryParse(value.GetString(), CultureInfo.InvariantCulture, out double number) => number,
        JsonValueKind.Array when value.GetArrayLength() > 0 => Of(value[0]),
        _ => null,
    };
}
