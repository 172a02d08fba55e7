namespace Gateway.Engine.Accounts;

/// <summary>What a probe is about: the credential it was sent with, and the instant it was due at.</summary>
/// <param name="SentWith">The account's credential, sealed: an answer to another teaches nothing.</param>
/// <param name="Due">Two nodes that both probed count one strike; null where somebody asked out of turn.</param>
internal sealed record Probe(string SentWith, DateTimeOffset? Due);
