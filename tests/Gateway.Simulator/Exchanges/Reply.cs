using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>What goes back, decided before anything is written.</summary>
internal abstract record Reply
{
    public TimeSpan FirstByte { get; init; }

    /// <summary>The platform said no: nothing was accepted.</summary>
    public bool IsRefusal { get; init; }

    /// <summary>The HTTP status of a document. Default 200, the platform's usual form even for refusals.</summary>
    public int Status { get; init; } = 200;

    /// <summary>JSON.</summary>
    internal sealed record Document(JsonObject Body) : Reply;

    /// <summary>A document of which the client gets half, then a broken connection.</summary>
    internal sealed record HalfDocument(JsonObject Body) : Reply;

    /// <summary>Server-sent frames.</summary>
    internal sealed record Stream(IReadOnlyList<Frame> Frames, TimeSpan BetweenFrames) : Reply
    {
        /// <summary>The connection breaks after the last frame instead of ending.</summary>
        public bool Breaks { get; init; }
    }

    /// <summary>Bytes with a status. <see cref="FromPlatform"/> is false for answers of the edge in front of it.</summary>
    internal sealed record Raw(int HttpStatus, string ContentType, byte[] Body) : Reply
    {
        public bool FromPlatform { get; init; }
    }

    /// <summary>What a test has written, bit by bit.</summary>
    internal sealed record Scripted(FaultEffect.Answer Script, IReadOnlyList<ScriptedPiece> Pieces) : Reply;

    /// <summary>The connection goes away without an answer; reset, or closed in good order.</summary>
    internal sealed record Abort(bool Fin = false) : Reply;

    /// <summary>No answer until the client leaves.</summary>
    internal sealed record Silence : Reply;
}
