namespace Gateway.Engine.Storage;

/// <summary>A piece of a job's stream: whole frames, as they came.</summary>
/// <param name="Start">The place of its first byte in the job's stream.</param>
/// <param name="Attempt">The attempt whose answer it is of.</param>
/// <param name="Data">Its bytes.</param>
internal sealed record StreamChunk(long Start, int Attempt, byte[] Data)
{
    public long End => Start + Data.Length;
}
