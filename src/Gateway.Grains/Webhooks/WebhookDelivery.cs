using System.Globalization;
using Gateway.Grains.Jobs;
using Gateway.Grains.Teams;

namespace Gateway.Grains.Webhooks;

/// <summary>What became of a message.</summary>
internal enum DeliveryOutcome
{
    /// <summary>Its receiver took it.</summary>
    Delivered,

    /// <summary>It did not, and is asked again.</summary>
    Waiting,

    /// <summary>It did not for so long that it is asked no more.</summary>
    GivenUp,

    /// <summary>It said that it is gone for good (410).</summary>
    Disabled,
}

/// <summary>A message's id: the same over all tries and redeliveries, so that a receiver knows it again.</summary>
internal readonly record struct DeliveryId(JobId Job, long Seq)
{
    private const string Prefix = "msg_";

    public static bool TryParse(string? text, out DeliveryId id)
    {
        id = default;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        if (text[Prefix.Length..].Split('_') is not [var jobText, var seqText]) return false;
        if (!JobId.TryParse(jobText, out var job) || !long.TryParse(seqText, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) || seq < 1) return false;
        id = new DeliveryId(job, seq);
        return true;
    }

    public override string ToString() => $"{Prefix}{Job}_{Seq.ToString(CultureInfo.InvariantCulture)}";
}

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

internal static class DeliveryNames
{
    extension(DeliveryOutcome outcome)
    {
        public string Name => EnumNames<DeliveryOutcome>.All[(int)outcome];
    }

    public static DeliveryOutcome Outcome(string name) => EnumNames<DeliveryOutcome>.Parse(name);
}
