namespace Gateway.Simulator;

/// <summary>
/// One server-sent frame: the text after <c>data: </c>, and the name of its event where the surface sends one.
/// A client that saw a final frame knows that the answer is complete.
/// </summary>
internal sealed record Frame(string Data, string? Event = null, bool IsFinal = false);
