namespace Gateway.Simulator;

/// <summary>A part of a scripted answer. Each leaves by itself.</summary>
/// <param name="Text">What it says.</param>
/// <param name="After">How long the answer pauses before it, by the simulator's clock.</param>
/// <param name="Times">How often the text stands in it; for answers too long to be written down.</param>
public sealed record AnswerPiece(string Text, TimeSpan After = default, int Times = 1);
