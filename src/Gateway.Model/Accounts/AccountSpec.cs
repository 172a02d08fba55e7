using Gateway.Model.Answers;
using Gateway.Model.Ids;

namespace Gateway.Model.Accounts;

/// <summary>What an admin wants an account to be. Optional fields left out stay as they are.</summary>
internal sealed record AccountSpec
{
    public const int LeastMaxJobs = 1;
    public const int MostMaxJobs = 10;

    public required AccountId Id { get; init; }

    public required string Driver { get; init; }

    public required Uri BaseUrl { get; init; }

    public required string SealedSecret { get; init; }

    public DateTimeOffset? TokenExpiresAt { get; init; }

    public DateTimeOffset? TokenIssuedAt { get; init; }

    /// <summary>What no other account may have (V18); null where nobody asked.</summary>
    public string? TokenHash { get; init; }

    /// <summary>What the upstream said of the credential when it refused it for good; null when it did not.</summary>
    public UpstreamError? RefusedBy { get; init; }

    public AccountPatch Patch { get; init; } = new();
}
