using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Storage;

/// <summary>Request and result bodies, out of the hot rows (T8).</summary>
internal interface IBodyStore
{
    /// <summary>Writes a large body before its turn, outside the turn's transaction. Answers its id.</summary>
    Task<string> WriteAsync(JobId job, ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    Task<byte[]?> ReadAsync(JobId job, BodyPart part, BodyRef reference, CancellationToken cancellationToken);

    /// <summary>Removes large bodies whose jobs are gone.</summary>
    Task RemoveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>Removes large bodies older than <paramref name="age"/> that no job refers to. Answers how many.</summary>
    Task<int> SweepAsync(TimeSpan age, CancellationToken cancellationToken);
}
