using Gateway.Model.Ids;

namespace Gateway.Model.Accounts;

/// <summary>Passing trouble that one team's request met on an account.</summary>
/// <param name="Team">Whose request.</param>
/// <param name="Request">What was asked, as a hash: the same request, sent again, is no second trouble. Null where it is not known.</param>
/// <param name="At">When, last.</param>
internal sealed record TeamFailure(TeamId Team, string? Request, DateTimeOffset At);
