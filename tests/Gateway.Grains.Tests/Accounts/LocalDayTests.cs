using System.Globalization;
using FsCheck.Fluent;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;

namespace Gateway.Grains.Tests.Accounts;

public sealed class LocalDayTests
{
    // Zone, local date, the first instant of that date in UTC.
    [Theory]
    [InlineData("UTC", "2026-01-15", "2026-01-15T00:00:00Z")]
    [InlineData("Asia/Shanghai", "2026-01-15", "2026-01-14T16:00:00Z")]
    // Clocks go from 00:00 to 01:00: the day begins at 01:00.
    [InlineData("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z")]
    [InlineData("Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z")]
    [InlineData("Africa/Cairo", "2023-04-28", "2023-04-27T22:00:00Z")]
    // Clocks go from 24:00 back to 23:00: the next day begins an hour later than it seemed.
    [InlineData("America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00Z")]
    [InlineData("Africa/Cairo", "2023-10-27", "2023-10-26T22:00:00Z")]
    [InlineData("Asia/Beirut", "2022-10-30", "2022-10-29T22:00:00Z")]
    // Midnight happens twice (01:00 goes back to 00:00): the earlier one.
    [InlineData("America/Havana", "2022-11-06", "2022-11-06T04:00:00Z")]
    [InlineData("Atlantic/Azores", "2022-10-30", "2022-10-30T00:00:00Z")]
    // 00:01 goes back to 23:01 of the day before: the first midnight.
    [InlineData("America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z")]
    // The day that never was, and the day after it: Samoa crossed the date line.
    [InlineData("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z")]
    [InlineData("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z")]
    [InlineData("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z")]
    public void C2_A_day_begins_at_its_first_valid_instant(string zone, string date, string utc) =>
        Assert.Equal(Instant(utc), LocalDay.Start(DateOnly.Parse(date, CultureInfo.InvariantCulture), zone));

    [Theory]
    [InlineData("America/Sao_Paulo", "2018-11-04T02:59:59Z", "2018-11-03")]
    [InlineData("America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04")]
    [InlineData("Africa/Cairo", "2023-10-26T21:30:00Z", "2023-10-26")]
    [InlineData("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29")]
    [InlineData("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31")]
    [InlineData("No/Where", "2026-01-15T23:59:59Z", "2026-01-15")]
    public void C2_A_day_is_a_local_date(string zone, string utc, string date) =>
        Assert.Equal(DateOnly.Parse(date, CultureInfo.InvariantCulture), LocalDay.At(Instant(utc), zone));

    [Theory]
    [InlineData("UTC", true)]
    [InlineData("Asia/Shanghai", true)]
    [InlineData("No/Where", false)]
    [InlineData("", false)]
    public void C2_Only_zones_the_system_knows_are_zones(string zone, bool known) => Assert.Equal(known, LocalDay.IsZone(zone));

    private static readonly string[] Zones =
    [
        "UTC", "America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "Pacific/Apia", "America/Havana", "America/St_Johns", "Atlantic/Azores",
        "Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Kiritimati", "America/New_York", "Asia/Tehran",
    ];

    [Fact]
    public void C2_The_start_of_a_day_is_on_it_and_the_instant_before_is_not() => Law.Holds(
        from zone in Gen.Elements(Zones)
        from day in Gen.Choose(0, 9000)
        select (Zone: zone, Date: new DateOnly(2005, 1, 1).AddDays(day)), sample =>
        {
            if (sample is { Zone: "Pacific/Apia", Date: { Year: 2011, Month: 12, Day: 30 } }) return; // it never was
            var start = LocalDay.Start(sample.Date, sample.Zone);
            Assert.Equal(sample.Date, LocalDay.At(start, sample.Zone));
            Assert.True(LocalDay.At(start.AddTicks(-1), sample.Zone) < sample.Date, $"{sample} began before {start:O}");
        }, tests: 3000);

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
