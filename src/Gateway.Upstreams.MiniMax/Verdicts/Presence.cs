namespace Gateway.Upstreams.MiniMax.Verdicts;

/// <summary>What stands at a path of an answer.</summary>
internal enum Presence
{
    Missing,
    Null,

    /// <summary>An empty text, list or object.</summary>
    Empty,
    Filled,
}
