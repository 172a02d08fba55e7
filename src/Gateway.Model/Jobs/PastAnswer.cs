using Gateway.Model.Answers;
using Gateway.Model.Ids;

namespace Gateway.Model.Jobs;

/// <summary>An answer that refused one piece of work before: a try of a call, or an attempt of a job.</summary>
/// <param name="Account">Who answered.</param>
/// <param name="IsPassing">It was passing trouble, or nobody knows what it means.</param>
/// <param name="IsSuspect">It cast suspicion on the account.</param>
/// <param name="Code">The vendor's code, where it gave one.</param>
/// <param name="Status">The status, where that is all there is to compare.</param>
/// <param name="Counts">It is one of the tries that are bounded: what cost nothing and is about its account alone is none.</param>
internal readonly record struct PastAnswer(AccountId Account, bool IsPassing, bool IsSuspect, int? Code, int? Status, bool Counts)
{
    public static PastAnswer Of(AccountId account, UpstreamError error) =>
        new(
            account, error.Class == ErrorClass.Retry, error.Class == ErrorClass.Suspect, error.Code, StatusOf(error),
            Counts: !error.CostsNoTry);

    /// <summary>What stands for the error where it has no code, and always for a suspicion.</summary>
    public static int? StatusOf(UpstreamError error) =>
        error is { Class: ErrorClass.Suspect } or { Code: null, Retry: RetryRule.OnceHereOnceElsewhere or RetryRule.UntilTwoAgree }
            ? error.HttpStatus
            : null;

    public bool IsLike(UpstreamError error) =>
        IsSuspect == (error.Class == ErrorClass.Suspect)
            && (error.Code is { } code ? Code == code : Status is { } status && status == StatusOf(error));
}
