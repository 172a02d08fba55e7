namespace Gateway.Grains.Accounts;

/// <summary>Local dates of a time zone and the instants they begin at, safe across daylight-saving changes (C2).</summary>
internal static class LocalDay
{
    /// <summary>Whether the system knows the IANA zone.</summary>
    public static bool IsZone(string zone) => TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _);

    /// <summary>The local date at <paramref name="now"/>.</summary>
    public static DateOnly At(DateTimeOffset now, string zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Find(zone)).DateTime);

    /// <summary>
    /// The first valid instant of a local date. Where midnight is skipped by a clock change it is the end of the gap;
    /// where it happens twice it is the earlier of the two.
    /// </summary>
    public static DateTimeOffset Start(DateOnly date, string zone)
    {
        var info = Find(zone);
        var local = date.ToDateTime(TimeOnly.MinValue);

        // Gaps begin and end on whole minutes and none is longer than a day.
        for (var minutes = 0; info.IsInvalidTime(local) && minutes < 24 * 60; minutes++) local = local.AddMinutes(1);

        var offset = info.IsAmbiguousTime(local) ? info.GetAmbiguousTimeOffsets(local).Max() : info.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    // An account's zone was checked when it was set. A machine that has lost its zone data counts in UTC rather than not at all.
    private static TimeZoneInfo Find(string zone) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var info) ? info : TimeZoneInfo.Utc;
}
