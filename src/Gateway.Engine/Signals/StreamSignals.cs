using Gateway.Model.Ids;

namespace Gateway.Engine.Signals;

/// <summary>
/// Tells whoever reads a job's stream that it has grown, here or, by its hint, at another node. Only a hint to read the store
/// again (P1), like <see cref="JobSignals"/>; apart from those, because a token is no event.
/// </summary>
internal sealed class StreamSignals
{
    private readonly Pulses<JobId> _streams = new();

    /// <inheritdoc cref="Pulses{TKey}.Subscribe"/>
    public Pulses<JobId>.Subscription Subscribe(JobId job) => _streams.Subscribe(job);

    public void Grown(JobId job) => _streams.Pulse(job);
}
