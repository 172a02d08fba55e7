using Gateway.Engine.Hints;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;

namespace Gateway.Storage.Sqlite;

/// <summary>On SQLite there is one process: nobody to tell.</summary>
internal sealed class SqliteHintChannel : IHintChannel
{
    public bool IsShared => false;

    public Task SendAsync(NodeIdentity from, Hint hint, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ListenAsync(NodeIdentity self, Action listening, Action<Hint> hear, CancellationToken cancellationToken) => Task.CompletedTask;
}
