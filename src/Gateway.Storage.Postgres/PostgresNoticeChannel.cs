using System.Text;
using Gateway.Engine.Notices;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>
/// Notices by NOTIFY, in transactions of their own: a NOTIFY holds a lock of the whole server while it commits, which would end
/// the sharing of fsyncs between turns.
/// </summary>
internal sealed class PostgresNoticeChannel(NpgsqlDataSource source) : INoticeChannel
{
    private const string Name = "gateway_hints";

    /// <summary>PostgreSQL refuses payloads of 8,000 bytes.</summary>
    private const int MostBytes = 7_900;

    /// <summary>A connection that is silent for as long is asked whether it lives.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);

    /// <summary>What answers no heartbeat by then is dead: a lost host ends no connection.</summary>
    private const int HeartbeatTimeout = 3;

    // Without another live node nobody listens, and a NOTIFY would cost a transaction id.
    private const string Notify =
        $"SELECT pg_notify('{Name}', $1) WHERE EXISTS (SELECT 1 FROM node WHERE status = 'live' AND incarnation <> $2)";

    public bool IsShared => true;

    public Task SendAsync(NodeIdentity from, ChangeNotice notice, CancellationToken cancellationToken)
    {
        var text = notice.Write();
        if (Encoding.UTF8.GetByteCount(text) > MostBytes) text = ChangeNotice.Everything.Write();
        return source.RunAsync(Notify, cancellationToken, $"{from.Incarnation} {text}", from.Incarnation);
    }

    public async Task ListenAsync(NodeIdentity self, Action listening, Action<ChangeNotice> hear, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, told) => Hear(self, told.Payload, hear);
        await RunAsync(connection, $"LISTEN {Name}", cancellationToken);
        listening();
        while (true)
            if (!await connection.WaitAsync(Heartbeat, cancellationToken)) await RunAsync(connection, "SELECT 1", cancellationToken);
    }

    // What this node did it knows already.
    private static void Hear(NodeIdentity self, string payload, Action<ChangeNotice> hear)
    {
        var space = payload.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || !payload.AsSpan(0, space).SequenceEqual(self.Incarnation)) hear(ChangeNotice.Read(payload[(space + 1)..]));
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = HeartbeatTimeout };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
