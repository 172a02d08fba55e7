using Gateway.Model.Ids;

namespace Gateway.Engine.Turns;

/// <summary>A small body that is saved with its job; larger ones were written before the turn (T8).</summary>
internal sealed record BodyWrite(JobId Job, BodyPart Part, byte[] Data)
{
    /// <summary>Bodies above this are written outside the transaction (T8).</summary>
    public const int LargestInTurn = 64 * 1024;
}
