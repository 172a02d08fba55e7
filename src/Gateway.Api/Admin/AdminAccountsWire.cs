using System.Text.Json.Serialization;
using Gateway.Model;
using Gateway.Model.Teams;

namespace Gateway.Api.Admin;

/// <summary>An account as admins see it whole.</summary>
internal sealed record AdminAccount
{
    public required string Account { get; init; }

    /// <summary>The account this id is another name of: everything else here is that one's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SharesWith { get; init; }

    public required string Driver { get; init; }

    public required string BaseUrl { get; init; }

    public string? Name { get; init; }

    /// <summary>The group its legacy credential belongs to.</summary>
    public string? GroupId { get; init; }

    public required int MaxJobs { get; init; }

    public required int ReservedForCalls { get; init; }

    public required bool Enabled { get; init; }

    public required bool Draining { get; init; }

    public IReadOnlyList<string>? Models { get; init; }

    public long? DailyCredits { get; init; }

    public required string TimeZone { get; init; }

    public DateTimeOffset? TokenExpiresAt { get; init; }

    public required IReadOnlyList<AdminLease> Leases { get; init; }

    public required AdminCredits Credits { get; init; }

    public required AdminHealth Health { get; init; }

    /// <summary>
    /// How fast it went within the last minute, and what the vendor's refusals taught; only families that were asked for.
    /// </summary>
    public required IReadOnlyList<AdminPace> Pace { get; init; }

    /// <summary>Why it is not usable at all; null when it is.</summary>
    public string? Error { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Raised by every change.</summary>
    public required long Version { get; init; }
}

internal sealed record AdminLease(string Id, string? Job, int Attempt, string Kind, DateTimeOffset Since, DateTimeOffset HardEnd);

internal sealed record AdminCredits(long? Budget, long Used, long Reserved, DateOnly Day, DateTimeOffset ResetsAt);

/// <param name="State">ok, cooling, suspect, parked or auth_failed.</param>
/// <param name="Reason">Why, where it is not ok.</param>
/// <param name="Until">When a rest ends that ends by itself.</param>
/// <param name="Blocked">What it cannot serve for a while, as the vendor answered.</param>
internal sealed record AdminHealth(string State, string? Reason, DateTimeOffset? Until, IReadOnlyList<AdminBlock> Blocked)
{
    /// <summary>When the gateway asks the account next whether it works; null while nobody doubts it.</summary>
    public DateTimeOffset? ProbeAt { get; init; }

    /// <summary>Teams for whose work alone it rests; absent for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AdminTeamRest>? RestsFor { get; init; }
}

/// <param name="Team">For whom.</param>
/// <param name="Family">Of which family of models alone; absent for all its work.</param>
internal sealed record AdminTeamRest(
    string Team,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Family,
    DateTimeOffset Until,
    string Reason);

/// <summary>A model, or an operation whatever the model.</summary>
internal sealed record AdminBlock(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Model,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Operation,
    DateTimeOffset Until);

/// <summary>One family's pace (Q7).</summary>
internal sealed record AdminPace
{
    public required string Family { get; init; }

    /// <summary>Requests per minute as configured; 0 for no limit.</summary>
    public required int Rpm { get; init; }

    /// <summary>Requests per minute now in force, lowered by refusals and recovering.</summary>
    public required int LearnedRpm { get; init; }

    public required long UsedRpm { get; init; }

    /// <summary>Tokens per minute as configured; absent for no limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Tpm { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? UsedTpm { get; init; }

    /// <summary>When it takes the next request; absent when it does now.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Until { get; init; }
}

internal sealed record TeamView(string Id, string Name, int Weight, TeamLimits Limits, DateTimeOffset CreatedAt)
{
    public static TeamView Of(TeamState team) => new(team.Id.Value, team.Name, team.Weight, team.Limits, team.CreatedAt);
}

internal sealed record TeamsView(IReadOnlyList<TeamView> Teams);

/// <summary>A team's token.</summary>
/// <param name="Id">What it is listed and revoked by.</param>
/// <param name="Token">The token itself; only in the answer to its creation.</param>
/// <param name="Team">Whose it is.</param>
/// <param name="Scopes">What it may do beyond its team's own jobs.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends, or ended: revoking it sets this. Absent for never.</param>
internal sealed record TokenView(
    string Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Token,
    string Team,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt)
{
    public static TokenView Of(ApiToken token, string? secret = null) =>
        new(token.Id, secret, token.Team.Value, token.Scopes, token.CreatedAt, token.ExpiresAt);
}

internal sealed record TokensView(IReadOnlyList<TokenView> Tokens);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AdminAccount))]
[JsonSerializable(typeof(TeamView))]
[JsonSerializable(typeof(TeamsView))]
[JsonSerializable(typeof(TokenView))]
[JsonSerializable(typeof(TokensView))]
internal sealed partial class AdminJson : JsonSerializerContext
{
    /// <summary>As the gateway writes.</summary>
    public static AdminJson Own => field ??= new(OwnJson.Like(Default.Options));
}
