using Gateway.Model.Ids;

namespace Gateway.Model.Content;

/// <summary>A copy of one asset of a job.</summary>
/// <param name="Job">Whose.</param>
/// <param name="N">Its number among the job's assets, from 0.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="ContentType">What it was called by whoever delivered it.</param>
/// <param name="CopiedAt">Since when it is kept.</param>
internal sealed record ResultCopy(JobId Job, int N, long Bytes, string ContentType, DateTimeOffset CopiedAt);
