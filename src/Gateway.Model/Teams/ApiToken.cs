using Gateway.Model.Ids;

namespace Gateway.Model.Teams;

/// <summary>A team's API token as it is stored: its keyed hash, never the token.</summary>
internal sealed record ApiToken(string Id, string Hash, TeamId Team, string[] Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);
