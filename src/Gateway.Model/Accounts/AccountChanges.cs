using Gateway.Model.Ids;

namespace Gateway.Model.Accounts;

/// <summary>The pure changes an admin makes; turns apply them, tests call them.</summary>
internal static class AccountChanges
{
    extension(AccountSpec spec)
    {
        /// <summary>The account anew, or null when its leases belong to another driver or host (L8).</summary>
        public AccountState? ApplyTo(AccountState? present, DateTimeOffset now) =>
            present is null ? spec.Create(now) : spec.Revive(present, now);

        private AccountState Create(DateTimeOffset now) => spec.Patch.Apply(new AccountState
        {
            Id = spec.Id,
            Driver = spec.Driver,
            BaseUrl = spec.BaseUrl,
            SealedSecret = spec.SealedSecret,
            CredentialSince = now,
            TokenExpiresAt = spec.TokenExpiresAt,
            TokenIssuedAt = spec.TokenIssuedAt,
            MaxJobs = AccountSpec.LeastMaxJobs,
            CreatedAt = now,
            Credits = CreditLedger.Open(now, spec.Patch.TimeZone.Or("UTC")),
            Health = spec.Judge(Health.Good, now),
        });

        /// <summary>The id as another name for <paramref name="first"/>, or null when it has running work of its own.</summary>
        public AccountState? ShareWith(AccountId first, AccountState? present, DateTimeOffset now)
        {
            if (present is { Leases.Length: > 0 }) return null;
            var named = present is null ? spec.Create(now) : present with { Name = spec.Patch.Name.Or(present.Name) };
            return named with
            {
                SharesWith = first,
                SealedSecret = "",
                TokenExpiresAt = null,
                TokenIssuedAt = null,
                Deleted = false,
                Draining = false,
                Health = Health.Good,
            };
        }

        private Health Judge(Health health, DateTimeOffset now) =>
            spec.RefusedBy is { } refusal ? health.After(refusal, model: null, now) : health;

        // A new credential heals what the old one broke; a cool-down stays, because the vendor counts by account.
        private AccountState? Revive(AccountState present, DateTimeOffset now)
        {
            var moved = present.Driver != spec.Driver || present.BaseUrl.Authority != spec.BaseUrl.Authority;
            if (moved && present.Leases.Length > 0) return null;
            return spec.Patch.Apply(present.RollDay(now) with
            {
                Driver = spec.Driver,
                BaseUrl = spec.BaseUrl,
                SealedSecret = spec.SealedSecret,
                CredentialSince = now,
                TokenExpiresAt = spec.TokenExpiresAt,
                TokenIssuedAt = spec.TokenIssuedAt,
                SharesWith = null,
                Deleted = false,
                Draining = !present.Deleted && present.Draining,
                Health = spec.Judge(present.Health.Trust(), now),
            });
        }
    }

    extension(AccountState account)
    {
        /// <summary>A tombstone; the secret stays while leases need it (L8).</summary>
        public AccountState Delete() => (account with { Deleted = true }).ForgetUnneededSecret();

        /// <summary>A tombstone without leases keeps its ledger and nothing else worth stealing.</summary>
        public AccountState ForgetUnneededSecret() =>
            account.Deleted && account.Leases.Length == 0 ? account with { SealedSecret = "" } : account;

        public AccountState Drain() => account with { Draining = true };

        public AccountState Resume() => account with { Draining = false };

        /// <summary>Forgets what health and pace learned; what was counted stays counted, because the vendor counts on.</summary>
        public AccountState ResetHealth() => account with { Health = Health.Good, Pace = account.Pace?.Reset() };
    }
}
