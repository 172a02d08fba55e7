using Gateway.Model.Kinds;

namespace Gateway.Engine.Storage;

/// <summary>How many jobs are in a status that is not final.</summary>
internal sealed record JobCount(JobStatus Status, JobKind Kind, long Count);
