using Gateway.Model.Answers;
using Gateway.Model.Ids;

namespace Gateway.Model.Jobs;

/// <summary>
/// The one rule of what is tried again, where, and how often: for the tries of a call and the attempts of a job (J1, J7, J10).
/// </summary>
internal static class Retries
{
    /// <param name="before">What was answered to the same work before.</param>
    /// <param name="account">Who answered now.</param>
    /// <param name="error">What it answered.</param>
    /// <param name="terms">What the work may be tried for.</param>
    public static RetryDecision After(IReadOnlyCollection<PastAnswer> before, AccountId account, UpstreamError error, RetryTerms terms)
    {
        if (IsOfTheRequest(before, account, error, terms)) return RetryDecision.RequestsFault;
        // A paid try is not repeated by our own doing; an unpaid one is, while another answer is possible.
        if (!error.IsRetryable || (error.Billed != Billed.No && !terms.IsCheap)) return RetryDecision.Stop;
        if (terms.IsPinned && error.Class is ErrorClass.ModelUnavailable or ErrorClass.OperationUnavailable) return RetryDecision.Stop;
        if (error.CostsNoTry) return RetryDecision.Elsewhere;
        if (HasTriedEnough(before, error, terms)) return RetryDecision.GiveUp;
        if (error.Retry == RetryRule.OnceHereOnceElsewhere && terms.IsAwaited && before.Any(past => past.Counts && past.Account != account))
            return RetryDecision.Stop;
        if (before.Any(past => past.Counts && past.Account == account)) return RetryDecision.Elsewhere;
        return error.Retry == RetryRule.OnceHereOnceElsewhere ? RetryDecision.Here
            : error.Class == ErrorClass.Retry ? RetryDecision.ElsewhereElseHere
            : RetryDecision.Elsewhere;
    }

    private static bool IsOfTheRequest(IReadOnlyCollection<PastAnswer> before, AccountId account, UpstreamError error, RetryTerms terms) =>
        before.Agree(account, error)
        || (
            error.Retry == RetryRule.OnceHereOnceElsewhere
                && before.Any(past => past.IsLike(error) && (terms.AsksTwice || past.Account != account)))
        || (error.Class == ErrorClass.Suspect && terms.RefusedHere + 1 >= RetryTerms.MostSuspicions);

    private static bool HasTriedEnough(IReadOnlyCollection<PastAnswer> before, UpstreamError error, RetryTerms terms) =>
        (error.Class != ErrorClass.Overload || terms.IsAwaited) && before.Count(past => past.Counts) + 1 >= terms.Most;
}
