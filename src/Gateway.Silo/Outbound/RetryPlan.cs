using Gateway.Model.Outbox;
using Gateway.Model.Queueing;

namespace Gateway.Silo.Outbound;

/// <summary>When a message that its receiver did not take is sent again.</summary>
internal static class RetryPlan
{
    /// <summary>The next try; null when the message is too old for another one.</summary>
    /// <param name="message">What was tried, <see cref="OutboxMessage.Tries"/> times.</param>
    /// <param name="options">First and longest pause, and the age that ends it.</param>
    /// <param name="random">Spreads what failed together, so that it does not come back together.</param>
    /// <param name="now">When the last try failed.</param>
    /// <param name="wish">When the receiver wants to be asked again; never sooner than that, and within the age all the same.</param>
    public static DateTimeOffset? NextTry(
        OutboxMessage message, WebhookOptions options, IRandom random, DateTimeOffset now, TimeSpan? wish = null)
    {
        var end = message.FirstAt + options.GiveUpAfterOf(message.Kind);
        if (now >= end) return null;

        var pause = BackOff.After(message.Tries, options.FirstRetry, options.LongestRetryOf(message.Kind), random);
        if (wish > pause) pause = wish.Value;
        return pause < end - now ? now + pause : end;
    }
}
