using System.Globalization;
using FsCheck.Fluent;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;

namespace Gateway.Grains.Tests.Accounts;

public sealed class CreditLedgerTests
{
    [Fact]
    public void C2_A_new_day_opens_with_nothing_used()
    {
        var ledger = CreditLedger.Open(Instant("2026-01-15T12:00Z"), "UTC").Charge(Date("2026-01-15"), 40);

        Assert.Equal(40, ledger.At(Instant("2026-01-15T23:59:59Z"), "UTC").Used);
        Assert.Equal(new CreditLedger(Date("2026-01-16"), "UTC", 0), ledger.At(Instant("2026-01-16T00:00Z"), "UTC"));
    }

    [Fact]
    public void C2_A_charge_of_a_day_gone_by_weighs_on_no_later_day()
    {
        var ledger = CreditLedger.Open(Instant("2026-01-16T12:00Z"), "UTC");

        Assert.Same(ledger, ledger.Charge(Date("2026-01-15"), 40));
    }

    [Fact]
    public void C2_A_zone_change_takes_effect_at_the_next_roll_over()
    {
        var ledger = CreditLedger.Open(Instant("2026-01-15T12:00Z"), "UTC").Charge(Date("2026-01-15"), 40);

        // In Auckland the 16th began at 11:00 UTC; the UTC day goes on until its own end.
        Assert.Same(ledger, ledger.At(Instant("2026-01-15T13:00Z"), "Pacific/Auckland"));
        Assert.Equal(
            new CreditLedger(Date("2026-01-16"), "Pacific/Auckland", 0), ledger.At(Instant("2026-01-16T00:00Z"), "Pacific/Auckland"));
    }

    [Fact]
    public void C2_A_zone_change_to_the_west_opens_no_day_twice()
    {
        // At the end of the UTC day it is still the 15th in Los Angeles: the 15th goes on there with what it has used.
        var ledger = CreditLedger.Open(Instant("2026-01-15T12:00Z"), "UTC").Charge(Date("2026-01-15"), 40);
        var later = ledger.At(Instant("2026-01-16T00:00Z"), "America/Los_Angeles");

        Assert.Equal(new CreditLedger(Date("2026-01-15"), "America/Los_Angeles", 40), later);
        Assert.Equal(Instant("2026-01-16T08:00Z"), later.ResetsAt);
        Assert.Equal(
            new CreditLedger(Date("2026-01-16"), "America/Los_Angeles", 0), later.At(Instant("2026-01-16T08:00Z"), "America/Los_Angeles"));
    }

    [Fact]
    public void C2_A_clock_that_falls_back_across_midnight_keeps_the_later_day()
    {
        // St. John's, 2010-11-07: at 00:01 the clock went back to 23:01 of the 6th.
        var ledger = CreditLedger.Open(Instant("2010-11-07T02:29Z"), "America/St_Johns").Charge(Date("2010-11-06"), 40);
        Assert.Equal(Date("2010-11-06"), ledger.Day);

        ledger = ledger.At(Instant("2010-11-07T02:30Z"), "America/St_Johns");
        Assert.Equal(Date("2010-11-07"), ledger.Day);
        Assert.Same(ledger, ledger.At(Instant("2010-11-07T02:45Z"), "America/St_Johns"));

        // One that is opened in the hour that comes again does not open the day that is over.
        Assert.Equal(Date("2010-11-07"), CreditLedger.Open(Instant("2010-11-07T02:45Z"), "America/St_Johns").Day);
    }

    [Fact]
    public void C2_A_day_the_zone_skipped_is_passed_over()
    {
        var ledger = CreditLedger.Open(Instant("2011-12-29T20:00Z"), "Pacific/Apia").Charge(Date("2011-12-29"), 40);

        Assert.Equal(Instant("2011-12-30T10:00Z"), ledger.ResetsAt);
        Assert.Same(ledger, ledger.At(Instant("2011-12-30T09:59:59Z"), "Pacific/Apia"));
        Assert.Equal(new CreditLedger(Date("2011-12-31"), "Pacific/Apia", 0), ledger.At(Instant("2011-12-30T10:00Z"), "Pacific/Apia"));
    }

    private static readonly string[] Zones =
    [
        "UTC", "Pacific/Auckland", "America/Los_Angeles", "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo", "America/St_Johns"
    ];

    [Fact]
    public void C2_Whatever_clock_and_zone_do_the_day_never_goes_back_and_is_never_older_than_its_end() => Law.HoldsForAll(
        from hours in Gen.Choose(-3, 40)
        from zone in Gen.Elements(Zones)
        from years in Gen.Frequency((20, Gen.Constant(0)), (1, Gen.Choose(0, 3)))
        select (Hours: hours, Zone: zone, Years: years), moves =>
        {
            var now = Instant("2010-11-05T00:00Z");
            var ledger = CreditLedger.Open(now, "UTC");
            foreach (var move in moves)
            {
                now = now.AddHours(move.Hours).AddYears(move.Years);
                var next = ledger.At(now, move.Zone);
                Assert.True(next.Day >= ledger.Day, "the day went back");
                Assert.True(next.ResetsAt > now, $"a day that is over: {next} at {now:O}");
                if (next.Day == ledger.Day) Assert.Equal(ledger.Used, next.Used);
                if (now < ledger.ResetsAt) Assert.Same(ledger, next);
                ledger = next.Charge(next.Day, 1);
            }
        }, tests: 500);

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static DateOnly Date(string text) => DateOnly.Parse(text, CultureInfo.InvariantCulture);
}
