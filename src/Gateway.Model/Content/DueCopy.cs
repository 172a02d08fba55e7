using Gateway.Model.Ids;

namespace Gateway.Model.Content;

/// <summary>A job that made something, to be copied. Written in the turn of its end, so that no crash forgets it.</summary>
/// <param name="Job">Which.</param>
/// <param name="FirstAt">When it ended; its age ends the tries.</param>
/// <param name="Tries">How often it was taken up.</param>
internal sealed record DueCopy(JobId Job, DateTimeOffset FirstAt, int Tries = 0);
