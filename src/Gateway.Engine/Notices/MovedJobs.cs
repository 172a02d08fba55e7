using Gateway.Model.Ids;

namespace Gateway.Engine.Notices;

/// <summary>Jobs of one team that moved.</summary>
internal sealed record MovedJobs(TeamId Team, JobId[] Jobs);
