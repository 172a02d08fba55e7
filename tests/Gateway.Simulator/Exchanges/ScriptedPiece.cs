using System.Text;

namespace Gateway.Simulator;

/// <summary>A part of a scripted answer as bytes.</summary>
internal sealed record ScriptedPiece(byte[] Bytes, TimeSpan After = default, int Times = 1)
{
    public long Length => (long)Bytes.Length * Times;

    public static ScriptedPiece Of(AnswerPiece piece) => new(Encoding.UTF8.GetBytes(piece.Text), piece.After, piece.Times);
}
