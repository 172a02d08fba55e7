using System.Collections.Immutable;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Routing;

/// <summary>The failed tries of one call, and what follows from them (J7, J10). Immutable.</summary>
internal sealed record CallTries(Work Work)
{
    private sealed record Failure(AccountId Account, UpstreamError Error);

    private ImmutableArray<Failure> Failures { get; init; } = [];

    public AccountId Last => Failures[^1].Account;

    /// <summary>Accounts that had their say. Where the vendor had no room for anybody, none has.</summary>
    public IReadOnlySet<AccountId> Tried =>
        Failures.Where(failure => failure.Error.Class != ErrorClass.Overload).Select(failure => failure.Account).ToHashSet();

    public CallTries Add(AccountId account, UpstreamError error) => this with { Failures = Failures.Add(new Failure(account, error)) };

    /// <summary>
    /// Two accounts said the same of an error that may be the request's own: it is, and the second account is not to blame.
    /// </summary>
    public bool IsCallersFault => Failures is [.., var last] && Before.Agree(last.Account, last.Error);

    /// <summary>Whether the last answer teaches its account something.</summary>
    public bool TeachLast => Failures is [.., var last] && Before.Teach(last.Account, last.Error);

    /// <summary>
    /// Whether the last word is about accounts, and not every account has said that it lacks the model or the permission: no words for the
    /// caller.
    /// </summary>
    public bool EndWithAccounts => !IsCallersFault && Failures is [.., { Error.IsOfTheAccount: true }] &&
        !Failures.All(failure => failure.Error.Class is ErrorClass.ModelUnavailable or ErrorClass.OperationUnavailable);

    /// <summary>What follows from the last of them.</summary>
    public RetryDecision Next() => Retries.After([.. Before], Last, Failures[^1].Error, RetryTerms.OfCall(Work));

    private IEnumerable<PastAnswer> Before => Failures[..^1].Select(failure => PastAnswer.Of(failure.Account, failure.Error));
}
