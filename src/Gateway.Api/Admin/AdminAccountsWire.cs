using System.Text.Json.Serialization;

namespace Gateway.Api.Admin;

/// <summary>An account as admins see it whole.</summary>
internal sealed record AdminAccount
{
    public required string Account { get; init; }

    public required string Driver { get; init; }

    public required string BaseUrl { get; init; }

    public string? Name { get; init; }

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

    /// <summary>Why it is not usable at all; null when it is.</summary>
    public string? Error { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Raised by every change.</summary>
    public required long Version { get; init; }
}

internal sealed record AdminLease(string Id, string? Job, int Attempt, string Kind, DateTimeOffset Since, DateTimeOffset HardEnd);

internal sealed record AdminCredits(long? Budget, long Used, long Reserved, DateOnly Day, DateTimeOffset ResetsAt);

internal sealed record AdminHealth(string State, string? Reason, DateTimeOffset? Until);

internal sealed record TeamView(string Id, string Name, int Weight, DateTimeOffset CreatedAt);

internal sealed record TeamsView(IReadOnlyList<TeamView> Teams);

internal sealed record TokenView(string Id, string Token, string Team, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AdminAccount))]
[JsonSerializable(typeof(TeamView))]
[JsonSerializable(typeof(TeamsView))]
[JsonSerializable(typeof(TokenView))]
internal sealed partial class AdminJson : JsonSerializerContext;
