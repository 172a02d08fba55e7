namespace Gateway.Model.Accounts;

/// <summary>Local dates of a time zone and the instants they begin at, safe across daylight-saving changes (C2).</summary>
internal static class LocalDay
{
    /// <summary>Whether the system knows the IANA zone.</summary>
    public static bool IsZone(string zone) => TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _);

    /// <summary>
    /// The local date at <paramref name="now"/>: the latest that has begun. Where a clock goes back across midnight the
    /// date goes on; it does not return to the one before.
    /// </summary>
    public static DateOnly At(DateTimeOffset now, string zone)
    {
        var shown = Shown(now, zone);
        return Start(shown.AddDays(1), zone) <= now ? shown.AddDays(1) : shown;
    }

    // What a calendar on the wall shows.
    private static DateOnly Shown(DateTimeOffset now, string zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Find(zone)).DateTime);

    /// <summary>
    /// The first valid instant of a local date. Where midnight is skipped by a clock change it is the end of the gap;
    /// where it happens twice it is the earlier of the two. A date the zone skipped begins with the date after it.
    /// </summary>
    public static DateTimeOffset Start(DateOnly date, string zone)
    {
        var info = Find(zone);
        var local = date.ToDateTime(TimeOnly.MinValue);

        // Gaps begin and end on whole minutes and none is longer than a day.
        for (var minutes = 0; info.IsInvalidTime(local) && minutes < 24 * 60; minutes++) local = local.AddMinutes(1);

        var offset = info.IsAmbiguousTime(local) ? info.GetAmbiguousTimeOffsets(local).Max() : info.GetUtcOffset(local);
        var start = new DateTimeOffset(local, offset).ToUniversalTime();
        return Shown(start, zone) >= date ? start : FirstAfterJump(start, date, zone);
    }

    // A move of the date line (Samoa had no 2011-12-30) makes no invalid times for the runtime: the jump is searched for.
    private static DateTimeOffset FirstAfterJump(DateTimeOffset before, DateOnly date, string zone)
    {
        var after = before.AddDays(2);
        while (after - before > TimeSpan.FromSeconds(1))
        {
            var middle = before.AddSeconds(Math.Floor((after - before).TotalSeconds / 2));
            if (Shown(middle, zone) >= date) after = middle;
            else before = middle;
        }

        return after;
    }

    // An account's zone was checked when it was set. A machine that has lost its zone data counts in UTC rather than not at all.
    private static TimeZoneInfo Find(string zone) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var info) ? info : TimeZoneInfo.Utc;
}
