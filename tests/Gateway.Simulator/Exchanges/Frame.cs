namespace Gateway.Simulator;

/// <summary>
/// One server-sent frame: the text after <c>data: </c>, and the name of its event where the surface sends one.
/// A client that saw a final frame knows that the answer is complete.
/// </summary>
internal sealed record Frame(string Data, string? Event = null, bool IsFinal = false)
{
    /// <summary>As it goes over the wire.</summary>
    public string Text => Event is null ? $"data: {Data}\n\n" : $"event: {Event}\ndata: {Data}\n\n";
}
