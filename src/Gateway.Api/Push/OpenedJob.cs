using Gateway.Engine.Notifiers;
using Gateway.Model.Ids;

namespace Gateway.Api.Push;

/// <summary>A subscription to a job's subscription. It is open before the job is read, so that no move falls in between (P1).</summary>
internal sealed class OpenedJob(KeyedNotifier<JobId>.Subscription subscription) : IDisposable
{
    /// <summary>Ends at the first move after the last call, the opening being the first.</summary>
    public Task Moved { get; private set; } = subscription.NextMove();

    public void Renew() => Moved = subscription.NextMove();

    public void Dispose() => subscription.Dispose();
}
