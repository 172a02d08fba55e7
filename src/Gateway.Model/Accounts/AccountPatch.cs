using System.Collections.Immutable;

namespace Gateway.Model.Accounts;

/// <summary>Changes of an account's settings.</summary>
internal sealed record AccountPatch
{
    public Optional<int> MaxJobs { get; init; }

    public Optional<long?> DailyCredits { get; init; }

    public Optional<string> TimeZone { get; init; }

    public Optional<string?> Name { get; init; }

    public Optional<ImmutableArray<string>?> Models { get; init; }

    public Optional<bool> Enabled { get; init; }

    public Optional<int> ReservedForCalls { get; init; }

    public Optional<string?> GroupId { get; init; }

    public AccountState Apply(AccountState account) => account with
    {
        MaxJobs = MaxJobs.Or(account.MaxJobs),
        DailyCredits = DailyCredits.Or(account.DailyCredits),
        TimeZone = TimeZone.Or(account.TimeZone),
        Name = Name.Or(account.Name),
        Models = Models.Or(account.Models),
        Enabled = Enabled.Or(account.Enabled),
        ReservedForCalls = ReservedForCalls.Or(account.ReservedForCalls),
        GroupId = GroupId.Or(account.GroupId),
    };
}
