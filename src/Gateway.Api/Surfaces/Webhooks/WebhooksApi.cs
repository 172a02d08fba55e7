using System.Globalization;
using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Http;
using Gateway.Api.Submitting;
using Gateway.Engine.Security;
using Gateway.Engine.Storage;
using Gateway.Grains.Jobs;
using Gateway.Model.Ids;
using Gateway.Model.Outbox;
using Gateway.Model.Webhooks;
using Gateway.Silo.Outbound;

namespace Gateway.Api.Surfaces.Webhooks;

/// <summary>A team's webhooks: their secret, what became of them, and a way to try.</summary>
internal static class WebhooksApi
{
    private const int LargestBody = 64 * 1024;
    private const int MostListed = 200;

    private static readonly ApiError NoDelivery = new(
        404, "delivery_not_found", "There is no such delivery.", [new FieldError("id", "must be the id of a delivery of yours")]);

    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var webhooks = routes.MapGroup("/v1/webhooks").ForCallers(ProblemDialect.Instance).WithTags("Webhooks");
        webhooks.MapGet("/secret", SecretAsync).WithName("GetWebhookSecret");
        webhooks.MapPost("/secret/rotate", RotateAsync).WithName("RotateWebhookSecret");
        webhooks.MapGet("/deliveries", DeliveriesAsync).Takes("job", "limit").WithName("ListWebhookDeliveries");
        webhooks.MapPost("/deliveries/{id}/redeliver", RedeliverAsync).WithName("RedeliverWebhook");
        webhooks.MapPost("/test", TestAsync).WithName("TestWebhook");
    }

    private static async Task<IResult> SecretAsync(
        HttpContext context, Caller caller, WebhookSecrets secrets, CancellationToken cancellationToken) =>
        Show(context, await secrets.CurrentAsync(caller.Team, cancellationToken));

    private static async Task<IResult> RotateAsync(
        HttpContext context, Caller caller, WebhookSecrets secrets, JobGrain jobs, CancellationToken cancellationToken)
    {
        // First: no rotation without a trace.
        await jobs.AuditAsync(caller.Name, "webhook_secret.rotate", caller.Team.Value, detail: null, cancellationToken);
        return Show(context, await secrets.RotateAsync(caller.Team, cancellationToken));
    }

    private static async Task<IResult> DeliveriesAsync(
        HttpContext context, Caller caller, IWebhookStore store, CancellationToken cancellationToken)
    {
        var faults = new FieldFaults();
        var job = faults.Try(() => JobOf(context.Request.Query));
        var limit = faults.Try(() => LimitOf(context.Request.Query));
        faults.ThrowIfAny();
        var deliveries = await store.DeliveriesAsync(caller.IsAdmin ? null : caller.Team, job, limit, cancellationToken);
        return Results.Json(new DeliveriesView([.. deliveries.Select(DeliveryView.Of)]), WebhooksJson.Own.DeliveriesView);
    }

    private static JobId? JobOf(IQueryCollection query)
    {
        if (query["job"].ToString() is not { Length: > 0 } text) return null;
        return JobId.TryParse(text, out var id) ? id : throw new ApiException(ApiError.Field("job", "must be the id of a job"));
    }

    private static int LimitOf(IQueryCollection query)
    {
        if (query["limit"].ToString() is not { Length: > 0 } text) return MostListed;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MostListed
            ? limit
            : throw new ApiException(ApiError.Field("limit", $"must be a whole number from 1 to {MostListed}"));
    }

    // Whoever asks for it again says that the receiver is back: one that had said 410 is called again, and may say so again.
    private static async Task<IResult> RedeliverAsync(
        string id, Caller caller, IWebhookStore store, IOutboxStore outbox, OutboxSender sender, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!DeliveryId.TryParse(id, out var parsed) || await store.DeliveryAsync(parsed, cancellationToken) is not { } delivery)
            throw new ApiException(NoDelivery);
        if (!caller.IsAdmin && delivery.Team != caller.Team) throw new ApiException(NoDelivery);

        var now = time.GetUtcNow();
        await store.EnableAsync(delivery.Team, delivery.Url, cancellationToken);
        await outbox.AddAgainAsync(OutboxMessage.Webhook(delivery.Team, parsed.Job, parsed.Seq, delivery.Url, now), now, cancellationToken);
        sender.Wake();
        return Results.Json(
            new RedeliveryView(parsed.ToString(), parsed.Job.ToString()), WebhooksJson.Own.RedeliveryView,
            statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> TestAsync(
        HttpContext context, Caller caller, WebhookPost webhooks, ReplyReceivers receivers, CancellationToken cancellationToken)
    {
        var url = ReadUrl(await context.Request.ReadBodyAsync(LargestBody, cancellationToken));
        receivers.RequirePublic("url", url);
        var outcome = await webhooks.TestAsync(caller.Team, url, cancellationToken);
        var view = new TestView(
            outcome.IsSuccess, (outcome as PostOutcome.Answered)?.Status, outcome.IsSuccess ? null : outcome.Describe());
        return Results.Json(view, WebhooksJson.Own.TestView);
    }

    private static Uri ReadUrl(byte[] body)
    {
        return JsonObjectReader.Fields(body).Fold((Uri?)null, Take, url => url is null ? [new FieldError("url", OutboundUrl.Rule)] : [])!;

        Uri? Take(Uri? url, JsonObjectReader.Field field) =>
            field.Name != "url" ? throw new ApiException(ApiError.Field(field.Name, "is no field of a test call; the field is url"))
            : OutboundUrl.TryParse(field.Text(body, OutboundUrl.MaxLength), out url) ? url
            : throw new ApiException(ApiError.Field("url", OutboundUrl.Rule));
    }

    // A secret is for who asked, not for what stands in between.
    private static IResult Show(HttpContext context, string secret)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(new SecretView(secret), WebhooksJson.Own.SecretView);
    }
}
