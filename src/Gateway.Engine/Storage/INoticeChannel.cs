using Gateway.Engine.Notices;
using Gateway.Engine.Turns;

namespace Gateway.Engine.Storage;

/// <summary>
/// Carries notices between the nodes of one database, beside its transactions. At most once: who has lost the connection reads
/// everything again.
/// </summary>
internal interface INoticeChannel
{
    /// <summary>Whether there can be other nodes. Where there cannot, nothing is sent and nothing heard.</summary>
    bool IsShared { get; }

    /// <summary>Tells the other live nodes. What is too long for one message is told as <see cref="ChangeNotice.Everything"/>.</summary>
    Task SendAsync(NodeIdentity from, ChangeNotice notice, CancellationToken cancellationToken);

    /// <summary>
    /// Listens on a connection of its own until that is lost, which ends it with an exception. <paramref name="listening"/>
    /// is called once, when nothing that is sent from then on can be missed; neither call may wait.
    /// </summary>
    Task ListenAsync(NodeIdentity self, Action listening, Action<ChangeNotice> hear, CancellationToken cancellationToken);
}
