using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Outbox;
using Gateway.Model.Queueing;
using Gateway.Silo.Claims;

namespace Gateway.Silo.Outbound;

/// <summary>
/// Sends what the outbox holds: of each job in order, each message until its receiver takes it or it is too old. A message
/// is removed after a 2xx only, so it is told at least once whatever happens to this process.
/// </summary>
internal sealed partial class OutboxSender(
    IOutboxStore outbox,
    OutboxText text,
    OutboundHttp http,
    WebhookPost webhooks,
    WebhookOptions options,
    IRandom random,
    TimeProvider time,
    ILogger<OutboxSender> logger) : ClaimLoop<OutboxMessage>(time), IBatchObserver
{
    private readonly SendLanes _lanes = new(options);
    private readonly ReceiverBreakers _breakers = new(options, time);

    void IBatchObserver.Committed(BatchCommit commit)
    {
        foreach (var change in commit.Events)
        {
            if (change.State is { CallbackUrl: null, Reply: null or { Url: null } }) continue;
            Wake();
            return;
        }
    }

    protected override async Task<TimeSpan?> ClaimAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            // What a stop gives back is due at once: for the next start, not for this one.
            stoppingToken.ThrowIfCancellationRequested();
            var hosts = await outbox.HostsAsync(stoppingToken);
            var due = hosts.Where(host => DueAt(host) <= Time.GetUtcNow() && _lanes.RoomFor(host.Host) > 0)
                .OrderBy(host => host.DueAt)
                .ToList();
            if (due.Count == 0) return UntilNext(hosts);
            // What is claimed, or put off, is due no more: the next look sees what is left.
            foreach (var host in due) await StartAsync(host.Host, stoppingToken);
        }
    }

    // A receiver without room rings when it has some again.
    private TimeSpan? UntilNext(IReadOnlyList<OutboxHost> hosts)
    {
        var now = Time.GetUtcNow();
        var next = options.LookEvery;
        foreach (var host in hosts)
            if (DueAt(host) is var due && due > now && !(next <= due - now)) next = due - now;
        return next;
    }

    private DateTimeOffset DueAt(OutboxHost host) => _breakers.OpensAt(host.Host) is var opens && opens > host.DueAt ? opens : host.DueAt;

    private async Task StartAsync(string host, CancellationToken stoppingToken)
    {
        var now = Time.GetUtcNow();
        if (_lanes.RoomFor(host) is not (> 0 and var room)) return;
        var until = now + options.Timeout + ClaimMargin;
        foreach (var message in await outbox.ClaimAsync(host, _breakers.Admit(host, room), now, until, stoppingToken))
        {
            _lanes.Enter(host);
            Start(message, stoppingToken);
        }
    }

    protected override async Task WorkAsync(OutboxMessage message, CancellationToken stoppingToken)
    {
        // What its event tells of may be kept no longer.
        if (await text.EventAsync(message, stoppingToken) is { } change) await TellAsync(message, change, stoppingToken);
        else await outbox.RemoveAsync(message, Time.GetUtcNow(), stoppingToken);
    }

    protected override Task PostponeAsync(OutboxMessage message, DateTimeOffset at, CancellationToken cancellationToken) =>
        outbox.PostponeAsync(message, at, cancellationToken);

    protected override void Ended(OutboxMessage message) => _lanes.Leave(message.Host);

    private async Task TellAsync(OutboxMessage message, JobEvent change, CancellationToken stoppingToken)
    {
        var outcome = message.Kind == OutboxKind.Webhook
            ? await webhooks.SendAsync(message, change, stoppingToken)
            : await http.PostAsync(new Uri(message.Url), await text.CallbackAsync(change, stoppingToken), options.Timeout, stoppingToken);
        _breakers.Hear(message.Host, outcome);

        var next = NextTry(message, outcome);
        if (message.Kind == OutboxKind.Webhook) await webhooks.NoteAsync(message, change, outcome, next, stoppingToken);
        await WriteDownAsync(message, outcome, next, stoppingToken);
    }

    private DateTimeOffset? NextTry(OutboxMessage message, PostOutcome outcome) =>
        outcome.IsSuccess || (outcome.IsFinal && message.Kind == OutboxKind.Webhook)
            ? null
            : RetryPlan.NextTry(message, options, random, Time.GetUtcNow(), (outcome as PostOutcome.Answered)?.RetryAfter);

    private async Task WriteDownAsync(OutboxMessage message, PostOutcome outcome, DateTimeOffset? next, CancellationToken stoppingToken)
    {
        if (next is { } at)
        {
            if (message.Tries == 1) LogNotTaken(message.Job, message.Host, outcome.Describe());
            await outbox.PostponeAsync(message, at, stoppingToken);
            return;
        }

        if (!outcome.IsSuccess) LogGivenUp(message.Job, message.Host, message.Tries, outcome.Describe());
        await outbox.RemoveAsync(message, Time.GetUtcNow(), stoppingToken);
    }

    protected override void LogClaimFailed(Exception failure) => LogLookFailed(failure);

    protected override void LogWorkFailed(OutboxMessage message, Exception failure) => LogSendFailed(message.Job, message.Host, failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "The look into the outbox failed; the next one tries again.")]
    private partial void LogLookFailed(Exception failure);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "What {Host} made of a message about job {Job} could not be written down; it will be told again.")]
    private partial void LogSendFailed(JobId job, string host, Exception failure);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Host} did not take a message about job {Job}: {Why}. It is tried again with growing pauses.")]
    private partial void LogNotTaken(JobId job, string host, string why);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "A message about job {Job} to {Host} was given up after {Tries} tries, last: {Why}.")]
    private partial void LogGivenUp(JobId job, string host, int tries, string why);
}
