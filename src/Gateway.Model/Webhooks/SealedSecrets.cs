namespace Gateway.Model.Webhooks;

/// <summary>The secrets of a team as they are stored: sealed.</summary>
internal sealed record SealedSecrets(string Current, string? Previous, DateTimeOffset? PreviousUntil);
