using System.Text.Json;

namespace Gateway.Model;

/// <summary>
/// What the values of an enum are called in answers, settings and rows: <c>voice_clone</c>. The values count from 0 without a gap.
/// </summary>
internal static class EnumNames<TEnum>
    where TEnum : struct, Enum
{
    private static readonly string[] Names = [.. Enum.GetNames<TEnum>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];
    private static readonly TEnum[] Values = Enum.GetValues<TEnum>();

    public static IReadOnlyList<string> All => Names;

    public static bool TryParse(string? name, out TEnum value)
    {
        var index = Array.IndexOf(Names, name);
        value = Values[Math.Max(index, 0)];
        return index >= 0;
    }

    /// <summary>Reads a name this program wrote.</summary>
    public static TEnum Parse(string name) =>
        TryParse(name, out var value) ? value : throw new FormatException($"'{name}' is no {typeof(TEnum).Name}.");
}
