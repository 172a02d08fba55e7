using Gateway.Model.Accounts;

namespace Gateway.Api.Surfaces.Useapi;

/// <summary>An account as it was saved, and what was found of its credential.</summary>
internal sealed record SavedAccount(AccountState Account, KeyFinding Finding);
