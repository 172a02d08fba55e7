namespace Gateway.Grains.Routing;

/// <summary>What may be done after a try of a call has failed.</summary>
internal enum NextTry
{
    /// <summary>The last answer stands.</summary>
    None,

    /// <summary>An account that has not been tried.</summary>
    Another,

    /// <summary>An account that has not been tried; where none can take it, the same once more after a pause.</summary>
    AnotherElseSame,

    /// <summary>The same account once more after a pause.</summary>
    Same,
}
