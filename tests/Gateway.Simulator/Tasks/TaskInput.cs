namespace Gateway.Simulator;

/// <summary>The part of a submit that matters for its result.</summary>
internal record TaskInput(string Model, string Prompt);
