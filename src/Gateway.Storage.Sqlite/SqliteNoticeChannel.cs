using Gateway.Engine.Notices;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;

namespace Gateway.Storage.Sqlite;

/// <summary>On SQLite there is one process: nobody to tell.</summary>
internal sealed class SqliteNoticeChannel : INoticeChannel
{
    public bool IsShared => false;

    public Task SendAsync(NodeIdentity from, ChangeNotice notice, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ListenAsync(NodeIdentity self, Action listening, Action<ChangeNotice> hear, CancellationToken cancellationToken) =>
        Task.CompletedTask;
}
