using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateway.Model.Settings;

/// <summary>
/// Times as operators write them: <c>30s</c>, <c>500ms</c>, <c>1h30m</c>, or <c>hh:mm:ss</c> with days before a dot. A bare number has no
/// unit: .NET reads it as days, operators mean seconds, so nobody may write one.
/// </summary>
internal static partial class Duration
{
    private const string Examples = "a time such as 500ms, 30s, 5m, 2h, 1d or 00:00:30";

    private static readonly Dictionary<string, long> Units = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ms"] = TimeSpan.TicksPerMillisecond,
        ["s"] = TimeSpan.TicksPerSecond,
        ["m"] = TimeSpan.TicksPerMinute,
        ["h"] = TimeSpan.TicksPerHour,
        ["d"] = TimeSpan.TicksPerDay,
    };

    // From the largest down: the first unit a time is a whole number of is the one it is shown in.
    private static readonly (string Unit, long Ticks)[] Largest =
    [
        .. Units.Select(unit => (unit.Key, unit.Value)).OrderByDescending(unit => unit.Value)
    ];

    /// <summary>Reads a time; otherwise answers what it must be instead.</summary>
    public static bool TryParse(string text, out TimeSpan time, out string rule)
    {
        (time, rule) = (TimeSpan.Zero, $"must be {Examples}");
        text = text.Trim();
        if (text == "0") return true;
        if (text.Contains(':')) return TryParseClock(text, out time, ref rule);
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)) return TryParseUnits(text, out time);

        rule = $"must have a unit: write {text}s for seconds, {text}m for minutes";
        return false;
    }

    /// <summary>The shortest way to write it: <c>90s</c>, <c>250ms</c>, <c>2h</c>.</summary>
    public static string Show(TimeSpan time)
    {
        if (time == TimeSpan.Zero) return "0";
        foreach (var (unit, ticks) in Largest)
            if (time.Ticks % ticks == 0) return string.Create(CultureInfo.InvariantCulture, $"{time.Ticks / ticks}{unit}");
        return time.ToString("c", CultureInfo.InvariantCulture);
    }

    // Strictly: a lenient reader takes 24:00:00 for 24 days.
    private static bool TryParseClock(string text, out TimeSpan time, ref string rule)
    {
        if (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out time)) return true;
        rule = $"must be {Examples}; hours go to 23, minutes and seconds to 59";
        return false;
    }

    private static bool TryParseUnits(string text, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        if (Parts().Match(text) is not { Success: true } match) return false;
        var ticks = match.Groups["number"].Captures.Zip(match.Groups["unit"].Captures).Sum(
            part => double.Parse(part.First.ValueSpan, CultureInfo.InvariantCulture) * Units[part.Second.Value]);
        if (ticks >= TimeSpan.MaxValue.Ticks) return false;
        time = TimeSpan.FromTicks((long)Math.Round(ticks)) * (text.StartsWith('-') ? -1 : 1);
        return true;
    }

    [GeneratedRegex(
        @"^-?(?:(?<number>[0-9]{1,15}(?:\.[0-9]{1,9})?)\s?(?<unit>ms|s|m|h|d)\s?)+$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Parts();
}
