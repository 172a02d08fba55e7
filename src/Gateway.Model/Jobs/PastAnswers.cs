using Gateway.Model.Answers;
using Gateway.Model.Ids;

namespace Gateway.Model.Jobs;

/// <summary>What the answers so far to one piece of work make of the next one. One rule, for calls and for jobs (J7).</summary>
internal static class PastAnswers
{
    extension(IEnumerable<PastAnswer> before)
    {
        /// <summary>
        /// Whether another account has said the same of what may be the request's own fault: it is, and this account is not to blame.
        /// </summary>
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
