namespace Gateway.Model.Operations;

/// <summary>By what an operation's price is multiplied (C1): how a body is counted stands in its reader.</summary>
internal enum UnitRule
{
    /// <summary>One piece, whatever the body says.</summary>
    One,

    /// <summary>Pictures asked for.</summary>
    Pictures,

    /// <summary>Seconds of video, references included.</summary>
    VideoSeconds,

    /// <summary>Another take of a video whose length the body does not tell: as long as any.</summary>
    LongestVideo,

    /// <summary>Started thousands of characters.</summary>
    Characters,

    /// <summary>Started thousands of tokens: the prompt's, and the answer's at most.</summary>
    Tokens,
}
