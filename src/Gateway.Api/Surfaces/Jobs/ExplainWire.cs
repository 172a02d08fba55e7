using System.Text.Json.Serialization;
using Gateway.Api.Auth;
using Gateway.Grains.Routing;
using Gateway.Model;
using Gateway.Model.Accounts;
using Gateway.Model.Kinds;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>What <c>?dryRun=true</c> answers.</summary>
internal sealed record DryRunView
{
    public required bool WouldStart { get; init; }

    public required bool WouldQueue { get; init; }

    /// <summary>What the submit would be refused with; null when it would not.</summary>
    public BatchError? Error { get; init; }

    public required DryRunCredits Credits { get; init; }

    public required AccountsView Accounts { get; init; }
}

/// <param name="Ceiling">The most it may cost on the dearest account; reserved while it runs.</param>
internal sealed record DryRunCredits(long Ceiling);

/// <summary>Why a job waits, or where it runs.</summary>
internal sealed record ExplainView
{
    public required string Id { get; init; }

    public required string Status { get; init; }

    /// <summary>It all in one sentence, for people.</summary>
    public required string Sentence { get; init; }

    /// <summary>
    /// For programs: not_before, paused, team_limit, team_share, behind_others, no_free_account, account_gone, about_to_start; null when it
    /// does not wait.
    /// </summary>
    public string? WaitsFor { get; init; }

    /// <summary>When that ends by itself at the earliest, where it is known.</summary>
    public DateTimeOffset? Until { get; init; }

    public int? Position { get; init; }

    public int? EtaSeconds { get; init; }

    /// <summary>What the accounts would say to it now; null when it does not wait.</summary>
    public AccountsView? Accounts { get; init; }

    /// <summary>Where it runs or ran; admins only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Account { get; init; }

    /// <summary>Attempts that were refused before.</summary>
    public required IReadOnlyList<ExplainRefusal> Refusals { get; init; }
}

internal sealed record ExplainRefusal(
    int Attempt, string Why, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Account);

/// <summary>What the accounts would say: counts and reasons for everybody, who says it for admins.</summary>
internal sealed record AccountsView
{
    /// <summary>Accounts that would take it now.</summary>
    public required int Free { get; init; }

    /// <summary>Accounts that may take it sooner or later, the free ones among them.</summary>
    public required int Possible { get; init; }

    public required IReadOnlyList<AccountsReason> Reasons { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AccountAnswer>? List { get; init; }

    public static AccountsView Of(IReadOnlyList<AccountExplanation> accounts, Caller caller) => new()
    {
        Free = accounts.Count(account => account.Refusal is null),
        Possible = accounts.Count(account => account.IsPossible),
        Reasons =
        [
            .. accounts.Where(account => account.Refusal is not null)
                .GroupBy(account => account.Refusal!.Reason)
                .OrderByDescending(reason => reason.Count())
                .ThenBy(reason => reason.Key)
                .Select(reason => new AccountsReason(reason.Key.Name, reason.Count(), reason.Min(account => account.Refusal!.Until))),
        ],
        List = caller.IsAdmin
            ? [
                .. accounts.Select(
                    account =>
                        new AccountAnswer(account.Account.Value, account.Refusal?.Reason.Name, account.Refusal?.Until, account.Ceiling))]
            : null,
    };
}

/// <param name="Reason">no_free_slot, out_of_credits, cooling_down, paced, …</param>
/// <param name="Accounts">How many say so.</param>
/// <param name="Until">When the first of them may say otherwise by itself; null when only a release or a change helps.</param>
internal sealed record AccountsReason(string Reason, int Accounts, DateTimeOffset? Until);

/// <param name="Account">Which.</param>
/// <param name="Reason">Why not; null when it would take it.</param>
/// <param name="Until">When it may say otherwise by itself.</param>
/// <param name="Credits">The most it may cost there.</param>
internal sealed record AccountAnswer(string Account, string? Reason, DateTimeOffset? Until, long Credits);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DryRunView))]
[JsonSerializable(typeof(ExplainView))]
internal sealed partial class ExplainJson : JsonSerializerContext
{
    /// <summary>As the gateway writes.</summary>
    public static ExplainJson Own => field ??= new(OwnJson.Like(Default.Options));
}
