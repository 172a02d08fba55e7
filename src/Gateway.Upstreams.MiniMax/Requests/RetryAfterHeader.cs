using System.Net.Http.Headers;
using Gateway.Model.Answers;

namespace Gateway.Upstreams.MiniMax.Requests;

internal static class RetryAfterHeader
{
    /// <summary>Longer than this no vendor's number keeps an account away: what it counts by the hour it says in words.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    extension(UpstreamError error)
    {
        /// <summary>The error with the wait its answer asks for, in place of the table's guess.</summary>
        public UpstreamError Resting(RetryConditionHeaderValue? retryAfter, DateTimeOffset now)
        {
            if (error.Class is not (ErrorClass.RateLimited or ErrorClass.FailOver or ErrorClass.Exhausted or ErrorClass.Suspect))
                return error;
            if ((retryAfter?.Delta ?? retryAfter?.Date - now) is not { Ticks: > 0 } wait) return error;
            return error with { CoolDown = wait < Longest ? wait : Longest };
        }
    }
}
