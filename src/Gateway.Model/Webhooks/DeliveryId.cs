using System.Globalization;
using Gateway.Model.Ids;

namespace Gateway.Model.Webhooks;

/// <summary>A message's id: the same over all tries and redeliveries, so that a receiver knows it again.</summary>
internal readonly record struct DeliveryId(JobId Job, long Seq)
{
    private const string Prefix = "msg_";

    public static bool TryParse(string? text, out DeliveryId id)
    {
        id = default;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        if (text[Prefix.Length..].Split('_') is not [var jobText, var seqText]) return false;
        if (!JobId.TryParse(jobText, out var job)
            || !long.TryParse(seqText, NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            || seq < 1)
            return false;
        id = new DeliveryId(job, seq);
        return true;
    }

    public override string ToString() => $"{Prefix}{Job}_{Seq.ToString(CultureInfo.InvariantCulture)}";
}
