using System.Collections.Immutable;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Upstreams;

namespace Gateway.Grains.Routing;

/// <summary>What may be done after a try of a call has failed.</summary>
internal enum NextTry
{
    /// <summary>The last answer stands.</summary>
    None,

    /// <summary>An account that has not been tried.</summary>
    Another,

    /// <summary>An account that has not been tried; where none can take it, the same once more after a pause.</summary>
    AnotherElseSame,

    /// <summary>The same account once more after a pause.</summary>
    Same,
}

/// <summary>The failed tries of one call, and what follows from them (J7, J10). Immutable.</summary>
internal sealed record CallTries(Work Work)
{
    /// <summary>How often one call is sent at most.</summary>
    public const int Most = 3;

    private sealed record Failure(AccountId Account, UpstreamError Error);

    private ImmutableArray<Failure> Failures { get; init; } = [];

    public AccountId Last => Failures[^1].Account;

    /// <summary>Accounts that had their say. Where the vendor had no room for anybody, none has.</summary>
    public IReadOnlySet<AccountId> Tried => Failures.Where(failure => failure.Error.Class != ErrorClass.Overload).Select(failure => failure.Account).ToHashSet();

    public CallTries Add(AccountId account, UpstreamError error) => this with { Failures = Failures.Add(new Failure(account, error)) };

    /// <summary>Two accounts said the same of an error that may be the request's own: it is, and the second account is not to blame.</summary>
    public bool IsCallersFault => Failures is [.., var last] && last.Error is { Retry: RetryRule.UntilTwoAgree, Code: { } code } &&
        Failures.Any(failure => failure.Account != last.Account && failure.Error.Code == code);

    public NextTry Next()
    {
        var (account, error) = Failures[^1];
        if (!MayRepeat(error) || IsCallersFault || Failures.Length >= Most) return NextTry.None;
        return error.Retry == RetryRule.OnceHereOnceElsewhere ? AfterUnknown(account) : AfterKnown(account, error);
    }

    // J10: a chat costs next to nothing before its first byte; what is paid by the piece is not asked for twice on a doubt.
    private bool MayRepeat(UpstreamError error) => error.IsRetryable && (Work.Kind == JobKind.Chat || error.Billed == Billed.No);

    private NextTry AfterUnknown(AccountId account) =>
        Failures.Length == 1 ? NextTry.Same
        : Failures.All(failure => failure.Account == account) ? NextTry.Another
        : NextTry.None;

    private NextTry AfterKnown(AccountId account, UpstreamError error) =>
        error.Class == ErrorClass.Retry && Failures.Count(failure => failure.Account == account) == 1 ? NextTry.AnotherElseSame : NextTry.Another;
}
