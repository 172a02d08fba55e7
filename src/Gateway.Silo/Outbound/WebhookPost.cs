using Gateway.Engine.Security;
using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Outbox;
using Gateway.Model.Webhooks;

namespace Gateway.Silo.Outbound;

/// <summary>Sends one webhook once, signed, and keeps the log of what became of it.</summary>
internal sealed class WebhookPost(
    WebhookText text, WebhookSecrets secrets, IWebhookStore store, OutboundHttp http, WebhookOptions options, TimeProvider time)
{
    private const int MostWhy = 500;

    public async Task<PostOutcome> SendAsync(OutboxMessage message, JobEvent change, CancellationToken cancellationToken)
    {
        if (await store.IsDisabledAsync(change.State.Team, message.Url, cancellationToken)) return new PostOutcome.Disabled();
        var body = await text.OfAsync(change, cancellationToken);
        var id = new DeliveryId(message.Job, message.Seq).ToString();
        return await PostAsync(change.State.Team, new Uri(message.Url), id, body, cancellationToken);
    }

    /// <summary>
    /// A call that tells of nothing, to see whether a receiver is there and checks signatures. One that is taken ends its being disabled.
    /// </summary>
    public async Task<PostOutcome> TestAsync(TeamId team, Uri url, CancellationToken cancellationToken)
    {
        var outcome = await PostAsync(
            team, url, $"msg_test_{Guid.CreateVersion7():N}", WebhookText.Test(time.GetUtcNow()), cancellationToken);
        if (outcome.IsSuccess) await store.EnableAsync(team, url.AbsoluteUri, cancellationToken);
        return outcome;
    }

    /// <summary>Writes down how a try ended.</summary>
    /// <param name="message">What was tried.</param>
    /// <param name="change">What it tells of.</param>
    /// <param name="outcome">What its receiver made of it.</param>
    /// <param name="next">When it is tried again; null for never.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task NoteAsync(
        OutboxMessage message, JobEvent change, PostOutcome outcome, DateTimeOffset? next, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var team = change.State.Team;
        if (outcome is PostOutcome.Answered { Status: StatusCodes.Status410Gone })
            await store.DisableAsync(team, message.Url, now, cancellationToken);
        await store.LogAsync(
            new WebhookDelivery(
                new DeliveryId(message.Job, message.Seq), team, EventNames.Of(change.Status), message.Url, OutcomeOf(outcome, next),
                message.Tries,
                (outcome as PostOutcome.Answered)?.Status, outcome.IsSuccess ? null : Cut(outcome.Describe()), message.FirstAt, now, next),
            cancellationToken);
    }

    private async Task<PostOutcome> PostAsync(TeamId team, Uri url, string id, byte[] body, CancellationToken cancellationToken)
    {
        var keys = await secrets.SigningKeysAsync(team, cancellationToken);
        var headers = WebhookSignature.Headers(id, time.GetUtcNow(), body, keys);
        return await http.PostAsync(url, body, options.Timeout, cancellationToken, headers);
    }

    private static DeliveryOutcome OutcomeOf(PostOutcome outcome, DateTimeOffset? next) =>
        outcome.IsSuccess ? DeliveryOutcome.Delivered
        : outcome.IsFinal ? DeliveryOutcome.Disabled
        : next is null ? DeliveryOutcome.GivenUp
        : DeliveryOutcome.Waiting;

    private static string Cut(string why) => why.Length > MostWhy ? why[..MostWhy] : why;
}
