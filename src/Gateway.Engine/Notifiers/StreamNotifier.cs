using Gateway.Model.Ids;

namespace Gateway.Engine.Notifiers;

/// <summary>
/// Tells whoever reads a job's stream that it has grown, here or, by its hint, at another node. Only a hint to read the store
/// again (P1), like <see cref="JobNotifier"/>; apart from those, because a token is no event.
/// </summary>
internal sealed class StreamNotifier
{
    private readonly KeyedNotifier<JobId> _streams = new();

    /// <inheritdoc cref="KeyedNotifier{TKey}.Subscribe"/>
    public KeyedNotifier<JobId>.Subscription Subscribe(JobId job) => _streams.Subscribe(job);

    public void Grown(JobId job) => _streams.Pulse(job);
}
