using Gateway.Model.Ids;

namespace Gateway.Model.Webhooks;

/// <summary>A line of the delivery log: one message and its last try.</summary>
/// <param name="Id">Which message.</param>
/// <param name="Team">Whose.</param>
/// <param name="Type">Of what it tells, such as <c>job.succeeded</c>.</param>
/// <param name="Url">Where to.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Tries">How often it was tried since it was first, or again, to be delivered.</param>
/// <param name="Answer">The status of the last answer; null when there was none.</param>
/// <param name="Why">What kept it away, in words.</param>
/// <param name="FirstAt">Since when it was to be told.</param>
/// <param name="TriedAt">When it was tried last.</param>
/// <param name="NextAt">When it is tried again.</param>
internal sealed record WebhookDelivery(
    DeliveryId Id,
    TeamId Team,
    string Type,
    string Url,
    DeliveryOutcome Outcome,
    int Tries,
    int? Answer,
    string? Why,
    DateTimeOffset FirstAt,
    DateTimeOffset TriedAt,
    DateTimeOffset? NextAt);
