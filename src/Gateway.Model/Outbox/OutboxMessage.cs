using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Model.Outbox;

/// <summary>
/// Something to be told about a change of a job. It is written in the change's own turn and removed when its receiver has
/// taken it, so it is told at least once. Its text is made from the event when it is sent: the row holds nothing but the address.
/// </summary>
/// <param name="Kind">To whom.</param>
/// <param name="Job">About which job.</param>
/// <param name="Seq">About which of its events; messages of one kind about one job go out in this order.</param>
/// <param name="Url">Where to.</param>
/// <param name="FirstAt">Since when there is something to tell; its age ends the tries.</param>
/// <param name="Tries">How often it was taken up to be sent.</param>
internal sealed record OutboxMessage(OutboxKind Kind, JobId Job, long Seq, string Url, DateTimeOffset FirstAt, int Tries = 0)
{
    /// <summary>
    /// The receiver, as far as lanes are concerned: scheme, name and port, and behind a space the team: many teams share the hosts of hook
    /// services, and each has its share of the lanes. Callbacks put down before teams had one name none.
    /// </summary>
    public string Host { get; init; } = new Uri(Url).GetLeftPart(UriPartial.Authority);

    /// <summary>What a change of a job gives to tell; null when its callback has heard that already, or when it has none.</summary>
    public static OutboxMessage? Of(JobState? before, JobState after, DateTimeOffset now) =>
        after.CallbackUrl is { } url && (before is null || before.CallbackPhase != after.CallbackPhase)
            ? new OutboxMessage(OutboxKind.Callback, after.Id, after.Seq, url, now).By(after.Team)
            : null;

    /// <summary>The webhook that tells of a change; null when its job wants none.</summary>
    public static OutboxMessage? WebhookOf(JobState after, DateTimeOffset now) =>
        after.Reply is { Url: { } url } reply && reply.Wants(after.Status) ? Webhook(after.Team, after.Id, after.Seq, url, now) : null;

    public static OutboxMessage Webhook(TeamId team, JobId job, long seq, string url, DateTimeOffset now) =>
        new OutboxMessage(OutboxKind.Webhook, job, seq, url, now).By(team);

    /// <summary>The team of a <see cref="Host"/>; empty where it names none.</summary>
    public static string TeamOf(string host) =>
        host.IndexOf(' ', StringComparison.Ordinal) is >= 0 and var space ? host[(space + 1)..] : "";

    private OutboxMessage By(TeamId team) => this with { Host = $"{Host} {team}" };
}
