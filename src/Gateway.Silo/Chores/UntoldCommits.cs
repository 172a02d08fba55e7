using Gateway.Engine.Notices;
using Gateway.Silo.Notices;

namespace Gateway.Silo.Chores;

/// <summary>A node died: its last commits may have died untold, so every node reads everything.</summary>
internal sealed class UntoldCommits(StoreWatch watch, NoticeSender notices)
{
    public void ReadByAll()
    {
        watch.Hear(ChangeNotice.Everything);
        notices.TellEverything();
    }
}
