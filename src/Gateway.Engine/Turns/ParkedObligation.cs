namespace Gateway.Engine.Turns;

/// <summary>An obligation the database keeps refusing, put aside for an operator (T7).</summary>
internal sealed record ParkedObligation(string Kind, string Detail, string Error, DateTimeOffset At);
