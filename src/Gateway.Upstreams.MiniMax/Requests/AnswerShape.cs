namespace Gateway.Upstreams.MiniMax.Requests;

/// <summary>What an answer is, told by what it begins with: types are missing or wrong now and then.</summary>
internal enum AnswerShape
{
    /// <summary>Too little has come to tell.</summary>
    Unclear,

    /// <summary>Frames.</summary>
    Stream,

    /// <summary>One piece: JSON, a page, a line of text, or nothing.</summary>
    Whole,
}
