using Gateway.Grains.Accounts;
using Gateway.Grains.Upstreams;

namespace Gateway.Grains.Jobs;

/// <summary>An answer that refused one piece of work before: a try of a call, or an attempt of a job.</summary>
/// <param name="Account">Who answered.</param>
/// <param name="IsPassing">It was passing trouble, or nobody knows what it means.</param>
/// <param name="IsSuspect">It cast suspicion on the account.</param>
/// <param name="Code">The vendor's code, where it gave one.</param>
/// <param name="Status">The status, where that is all there is to compare.</param>
internal readonly record struct PastAnswer(AccountId Account, bool IsPassing, bool IsSuspect, int? Code, int? Status)
{
    public static PastAnswer Of(AccountId account, UpstreamError error) =>
        new(account, error.Class == ErrorClass.Retry, error.Class == ErrorClass.Suspect, error.Code, StatusOf(error));

    /// <summary>What stands for the error where it has no code, and always for a suspicion.</summary>
    public static int? StatusOf(UpstreamError error) =>
        error is { Class: ErrorClass.Suspect } or { Code: null, Retry: RetryRule.OnceHereOnceElsewhere or RetryRule.UntilTwoAgree } ? error.HttpStatus : null;

    public bool IsLike(UpstreamError error) =>
        IsSuspect == (error.Class == ErrorClass.Suspect) && (error.Code is { } code ? Code == code : Status is { } status && status == StatusOf(error));
}

/// <summary>What the answers so far to one piece of work make of the next one. One rule, for calls and for jobs (J7).</summary>
internal static class PastAnswers
{
    extension(IEnumerable<PastAnswer> before)
    {
        /// <summary>Whether another account has said the same of what may be the request's own fault: it is, and this account is not to blame.</summary>
        public bool Agree(AccountId account, UpstreamError error) =>
            (error.Class == ErrorClass.Suspect || error.Retry == RetryRule.UntilTwoAgree) &&
            before.Any(past => past.Account != account && past.IsLike(error));

        /// <summary>Whether what nobody knows the meaning of was said before, by whomever.</summary>
        public bool Repeat(UpstreamError error) => error.Retry == RetryRule.OnceHereOnceElsewhere && before.Any(past => past.IsLike(error));

        /// <summary>
        /// Whether the account learns from the answer. One piece of work teaches an account one passing trouble, however often it is sent
        /// there: who can send much must not rest accounts for all.
        /// </summary>
        public bool Teach(AccountId account, UpstreamError error) =>
            !before.Agree(account, error) && !before.Repeat(error) &&
            (error.Class != ErrorClass.Retry || !before.Any(past => past.Account == account && past.IsPassing));
    }
}
