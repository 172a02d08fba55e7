using Gateway.Model.Kinds;

namespace Gateway.Model.Accounts;

/// <summary>
/// What an account has used on its current day. Reservations live on the leases; the two together are held under the
/// budget (C1).
/// </summary>
/// <param name="Day">The ledger day: a local date of <paramref name="Zone"/> that never goes back (C2).</param>
/// <param name="Zone">The zone this day is counted in; a change of the account's zone takes effect at the next roll-over.</param>
/// <param name="Used">Credits charged on this day. Above a budget that was lowered meanwhile it closes the day.</param>
internal sealed record CreditLedger(DateOnly Day, string Zone, long Used)
{
    public static CreditLedger Open(DateTimeOffset now, string zone) => new(LocalDay.At(now, zone), zone, Used: 0);

    /// <summary>When the next day opens.</summary>
    public DateTimeOffset ResetsAt => LocalDay.Start(Day.AddDays(1), Zone);

    /// <summary>
    /// The ledger at <paramref name="now"/>. At a roll-over the account's own zone takes effect; if the date there is not
    /// later than this day, the day goes on in the new zone with what it has used: no zone change opens a day twice.
    /// </summary>
    public CreditLedger At(DateTimeOffset now, string zone)
    {
        if (now < ResetsAt) return this;
        var date = LocalDay.At(now, zone);
        return date > Day ? new CreditLedger(date, zone, Used: 0) : this with { Zone = zone };
    }

    /// <summary>
    /// The ledger after a charge on <paramref name="day"/>. A charge of a day gone by is recorded (table charge) but
    /// weighs on no later day.
    /// </summary>
    public CreditLedger Charge(DateOnly day, long credits) => day == Day ? this with { Used = CreditSums.Plus(Used, credits) } : this;

    /// <summary>Whether the budget covers <paramref name="ceiling"/> more. Without a budget everything is covered.</summary>
    public bool Covers(long? budget, long reserved, long ceiling) => budget is not { } limit || (Int128)Used + reserved + ceiling <= limit;
}
