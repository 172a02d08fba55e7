using Gateway.Engine.Notifiers;
using Gateway.Model.Ids;

namespace Gateway.Api.Push;

/// <summary>A subscription to a job's signals. It is open before the job is read, so that no move falls in between (P1).</summary>
internal sealed class OpenedJob(KeyedNotifier<JobId>.Subscription signals) : IDisposable
{
    /// <summary>Ends at the first move after the last call, the opening being the first.</summary>
    public Task Moved { get; private set; } = signals.NextMove();

    public void Renew() => Moved = signals.NextMove();

    public void Dispose() => signals.Dispose();
}
