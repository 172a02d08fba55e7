namespace Gateway.Engine.Turns;

/// <summary>What a store's failure says about the transaction it happened in.</summary>
internal enum StoreFailure
{
    /// <summary>The connection or the server is gone: before COMMIT nothing happened, during COMMIT there is doubt.</summary>
    Lost,

    /// <summary>Another transaction was in the way (deadlock): the same again, at once, may pass.</summary>
    Conflict,

    /// <summary>There is such a row already: made meanwhile, and the same again may pass, or it is a refusal.</summary>
    Taken,

    /// <summary>A lock was not had in time: the same again will pass when its holder is done.</summary>
    Busy,

    /// <summary>A statement took too long and was ended: that is the server's state, hardly one row's.</summary>
    Slow,

    /// <summary>The database refused a value or a rule: running the same again fails again.</summary>
    Refused,

    /// <summary>This incarnation is no longer live; it must not write any more (T6).</summary>
    Fenced,
}
