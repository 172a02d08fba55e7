using Gateway.Engine.Notifiers;
using Gateway.Model.Ids;
using Gateway.Silo.Notices;

namespace Gateway.Silo.Polling;

/// <summary>Tells that a stream has grown: readers on this node, and through a notice those on others.</summary>
internal sealed class StreamGrowth(StreamNotifier notifier, NoticeSender notices)
{
    public void Tell(JobId job)
    {
        notifier.Grown(job);
        notices.TellGrown(job);
    }
}
