using System.Text.Json.Serialization;
using Gateway.Model;
using Gateway.Model.Webhooks;

namespace Gateway.Api.Surfaces.Webhooks;

internal sealed record SecretView(string Secret);

/// <summary>What a receiver made of a test call.</summary>
internal sealed record TestView(bool Delivered, int? Status, string? Why);

/// <summary>A line of the delivery log.</summary>
internal sealed record DeliveryView(
    string Id,
    string Job,
    long Seq,
    string Type,
    string Url,
    string Outcome,
    int Tries,
    int? Status,
    string? Why,
    DateTimeOffset FirstAt,
    DateTimeOffset TriedAt,
    DateTimeOffset? NextAt)
{
    public static DeliveryView Of(WebhookDelivery delivery) => new(
        delivery.Id.ToString(), delivery.Id.Job.ToString(), delivery.Id.Seq, delivery.Type, delivery.Url, delivery.Outcome.Name,
        delivery.Tries, delivery.Answer, delivery.Why, delivery.FirstAt, delivery.TriedAt, delivery.NextAt);
}

internal sealed record DeliveriesView(IReadOnlyList<DeliveryView> Deliveries);

internal sealed record RedeliveryView(string Id, string Job);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SecretView))]
[JsonSerializable(typeof(TestView))]
[JsonSerializable(typeof(DeliveriesView))]
[JsonSerializable(typeof(RedeliveryView))]
internal sealed partial class WebhooksJson : JsonSerializerContext
{
    /// <summary>As the gateway writes.</summary>
    public static WebhooksJson Own => field ??= new(OwnJson.Like(Default.Options));
}
