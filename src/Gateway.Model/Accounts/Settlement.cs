using Gateway.Model.Answers;

namespace Gateway.Model.Accounts;

/// <summary>How a lease ends: what it cost, and what the account's health learns.</summary>
internal abstract record Settlement
{
    /// <summary>The work was done; charged as reported by the upstream, else by the price table (the reserve).</summary>
    /// <param name="Reported">Credits, as the upstream reported them.</param>
    /// <param name="Tokens">Tokens read and written, as the upstream reported them; they count against the account's pace (Q7).</param>
    /// <param name="Error">What a later part of the answer said of the account: it is learned, and what was reported is charged all the
    /// same.</param>
    /// <param name="Model">The model the work named.</param>
    internal sealed record Done(long? Reported = null, long? Tokens = null, UpstreamError? Error = null, string? Model = null) : Settlement;

    /// <summary>It is proven that nothing was sent: the reserve goes back, and so does the request to the account's pace.</summary>
    internal sealed record NotSent : Settlement;

    /// <summary>It is proven that nothing was billed: the reserve goes back (C3).</summary>
    internal sealed record Unbilled(UpstreamError? Error = null, string? Model = null) : Settlement;

    /// <summary>The work failed, and may have been billed: the reserve is charged (C3).</summary>
    internal sealed record Billed(UpstreamError? Error = null, string? Model = null) : Settlement;

    /// <summary>The lease ended without an answer (hardEnd, dead owner, operator): the reserve is charged (C3).</summary>
    internal sealed record Lapsed(string Why) : Settlement;

    /// <summary>The settlement an upstream's error calls for.</summary>
    /// <param name="error">The error.</param>
    /// <param name="model">The model the work named.</param>
    /// <param name="teaches">Whether the account learns from it.</param>
    public static Settlement For(UpstreamError error, string? model, bool teaches = true)
    {
        var lesson = teaches ? error : null;
        return error.Billed == Answers.Billed.No ? new Unbilled(lesson, model) : new Billed(lesson, model);
    }

    public UpstreamError? LearnedFrom => this switch
    {
        Unbilled unbilled => unbilled.Error,
        Billed billed => billed.Error,
        Done done => done.Error,
        _ => null,
    };

    /// <summary>The model the work named, where what is learned may be about it.</summary>
    public string? AboutModel => this switch
    {
        Unbilled unbilled => unbilled.Model,
        Billed billed => billed.Model,
        Done done => done.Model,
        _ => null,
    };

    /// <summary>
    /// Never more than was reserved (H15): the reserve is the most the work may cost, so more is no cost but a word of the upstream's.
    /// </summary>
    public long ChargeFor(Lease lease) => this switch
    {
        Unbilled or NotSent => 0,
        Done { Reported: { } reported } => Math.Clamp(reported, 0, lease.Reserved),
        _ => lease.Reserved,
    };
}
