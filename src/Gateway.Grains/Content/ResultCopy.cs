using Gateway.Grains.Jobs;

namespace Gateway.Grains.Content;

/// <summary>A job that made something, to be copied. Written in the turn of its end, so that no crash forgets it.</summary>
/// <param name="Job">Which.</param>
/// <param name="FirstAt">When it ended; its age ends the tries.</param>
/// <param name="Tries">How often it was taken up.</param>
internal sealed record DueCopy(JobId Job, DateTimeOffset FirstAt, int Tries = 0);

/// <summary>A copy of one asset of a job.</summary>
/// <param name="Job">Whose.</param>
/// <param name="N">Its number among the job's assets, from 0.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="ContentType">What it was called by whoever delivered it.</param>
/// <param name="CopiedAt">Since when it is kept.</param>
internal sealed record ResultCopy(JobId Job, int N, long Bytes, string ContentType, DateTimeOffset CopiedAt);
