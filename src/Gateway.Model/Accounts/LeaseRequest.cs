using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Model.Accounts;

/// <summary>What an operation asks of an account.</summary>
/// <param name="Id">The lease to grant; asking again with a granted id answers the same lease.</param>
/// <param name="Owner">The asking node incarnation.</param>
/// <param name="Work">What will run.</param>
/// <param name="Ceiling">The most credits it may cost (C1).</param>
/// <param name="Job">The job it runs for, or null for a call.</param>
/// <param name="Attempt">The job's attempt.</param>
/// <param name="MaxJobs">The request's own limit; the smaller of it and the account's counts (L9).</param>
/// <param name="Pace">How fast the account may go with such work (Q7); null for as fast as it can.</param>
/// <param name="IsPatient">Waits for the account's row where another node holds it, instead of being told so (T4).</param>
/// <param name="Team">The team whose limits it counts against; null for a team without.</param>
/// <param name="Holder">Whose work it is; null for nobody's in particular.</param>
internal sealed record LeaseRequest(
    LeaseId Id,
    string Owner,
    Work Work,
    long Ceiling,
    JobId? Job = null,
    int Attempt = 0,
    int? MaxJobs = null,
    PaceLimit? Pace = null,
    bool IsPatient = false,
    TeamId? Team = null,
    TeamId? Holder = null);
