using Gateway.Model.Answers;

namespace Gateway.Engine.Upstreams;

/// <summary>An upstream's whole answer to a question, as far as it may be shown, or the trouble that kept it away.</summary>
/// <param name="Status">Its status; 0 where there was none.</param>
/// <param name="ContentType">Its type.</param>
/// <param name="Body">Its body; what an error says is cleaned.</param>
internal sealed record ReadAnswer(int Status, string ContentType, byte[] Body)
{
    /// <summary>There was no answer.</summary>
    public static ReadAnswer None(string why) => new(0, "", []) { Trouble = why, Error = UpstreamError.NotSent(why) };

    /// <summary>Why there was no answer; null where there was one.</summary>
    public string? Trouble { get; private init; }

    /// <summary>What it says went wrong; null for a success.</summary>
    public UpstreamError? Error { get; init; }

    /// <summary>It is in the native format, so that a caller may see it, even when it is an error.</summary>
    public bool IsNative { get; init; }

    /// <summary>Cleans what of it is kept.</summary>
    public UpstreamWords Words { get; init; } = UpstreamWords.OfNobody;
}
