using Microsoft.AspNetCore.Connections;

namespace Gateway.Silo.Connections;

/// <summary>
/// Lets connections in, as many as the process can bear. Whoever shows a valid token keeps its own; strangers share a part of
/// them, where the newest pushes out the oldest: a flood of silent connections keeps nobody out who speaks at once.
/// </summary>
internal sealed partial class ConnectionGate(ConnectionLimits limits, TimeProvider time, ILogger<ConnectionGate> logger)
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly LinkedList<Stranger> _strangers = [];
    private int _open;
    private long _refused;
    private long _pushedOut;
    private long _toldAt;
    private long _toldOf;

    /// <summary>Connections that are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Connections that were not let in, since this node started.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Connections of strangers that were closed for others, since this node started.</summary>
    public long PushedOut => Interlocked.Read(ref _pushedOut);

    /// <summary>One connection, from the moment it is accepted to its end.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var stranger = new Stranger(this, connection);
        if (!TryEnter(stranger))
        {
            connection.Abort(new ConnectionAbortedException($"There are {limits.Max} connections already (Gateway:Connections:Max)."));
            return;
        }

        try
        {
            connection.Features.Set(stranger);
            if (await SpeaksAsync(connection)) await next(connection);
        }
        finally
        {
            Leave(stranger);
        }
    }

    /// <summary>Called by a stranger that is none any more.</summary>
    public void Introduce(Stranger known)
    {
        lock (_lock)
        {
            if (known.Place.List is not null) _strangers.Remove(known.Place);
        }
    }

    private bool TryEnter(Stranger stranger)
    {
        Stranger? oldest = null;
        bool isIn;
        lock (_lock)
        {
            // Before the limit of all: a stranger that leaves makes room.
            if (_strangers.Count >= limits.MaxStrangers)
            {
                oldest = _strangers.First!.Value;
                _strangers.RemoveFirst();
                _pushedOut++;
            }

            isIn = _open < limits.Max || oldest is not null;
            if (isIn)
            {
                _open++;
                _strangers.AddLast(stranger.Place);
            }
            else
            {
                _refused++;
            }
        }

        oldest?.Close();
        if (!isIn || oldest is not null) Tell();
        return isIn;
    }

    private void Leave(Stranger stranger)
    {
        lock (_lock)
        {
            _open--;
            if (stranger.Place.List is not null) _strangers.Remove(stranger.Place);
        }
    }

    // Nothing is taken from the pipe: the server reads what came as if nobody had looked.
    private async Task<bool> SpeaksAsync(ConnectionContext connection)
    {
        using var patience = new CancellationTokenSource(limits.FirstByte, time);
        try
        {
            var input = connection.Transport.Input;
            var first = await input.ReadAsync(patience.Token);
            input.AdvanceTo(first.Buffer.Start);
            return first.Buffer.Length > 0;
        }
        catch (Exception gone) when (
            gone is OperationCanceledException or IOException or ConnectionAbortedException or InvalidOperationException)
        {
            return false;
        }
    }

    // One line a minute, however many there are.
    private void Tell()
    {
        long count;
        lock (_lock)
        {
            if (_toldAt != 0 && time.GetElapsedTime(_toldAt) < TellEvery) return;
            _toldAt = time.GetTimestamp();
            count = _refused + _pushedOut - _toldOf;
            _toldOf += count;
        }

        LogFull(limits.Max, limits.MaxStrangers, count);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message =
            "Connections are closed for others: {Count} since this was said last. At most {Max} are open at once, {MaxStrangers} of them " +
                "without a valid token (Gateway:Connections). A proxy in front should limit them per address.")]
    private partial void LogFull(int max, int maxStrangers, long count);
}
