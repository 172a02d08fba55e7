using Gateway.Model.Ids;

namespace Gateway.Model.Accounts;

/// <summary>An account rests for one team alone: what that team's requests met says nothing yet about the others'.</summary>
/// <param name="Team">For whom.</param>
/// <param name="Family">For which family of models (Q7); null for all work.</param>
/// <param name="Until">How long.</param>
/// <param name="Reason">Why, in words that hold no secret.</param>
internal sealed record TeamRest(TeamId Team, string? Family, DateTimeOffset Until, string Reason);
