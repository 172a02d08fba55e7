using Gateway.Engine.Hints;
using Gateway.Engine.Turns;

namespace Gateway.Engine.Storage;

/// <summary>
/// Carries hints between the nodes of one database, beside its transactions. At most once: who has lost the connection reads
/// everything again.
/// </summary>
internal interface IHintChannel
{
    /// <summary>Whether there can be other nodes. Where there cannot, nothing is sent and nothing heard.</summary>
    bool IsShared { get; }

    /// <summary>Tells the other live nodes. What is too long for one message is told as <see cref="Hint.Everything"/>.</summary>
    Task SendAsync(NodeIdentity from, Hint hint, CancellationToken cancellationToken);

    /// <summary>
    /// Listens on a connection of its own until that is lost, which ends it with an exception. <paramref name="listening"/>
    /// is called once, when nothing that is sent from then on can be missed; neither call may wait.
    /// </summary>
    Task ListenAsync(NodeIdentity self, Action listening, Action<Hint> hear, CancellationToken cancellationToken);
}
