using Gateway.Engine.Notifiers;
using Gateway.Model.Ids;

namespace Gateway.Engine.Bodies;

/// <summary>
/// How many bytes of request bodies this node keeps in memory at once, of all teams together and of each. A request that comes is
/// told no where there is no room for it. A job that is sent waits for its room; large requests that come later do not pass it.
/// </summary>
internal sealed class BodyBudget(BodyLimitOptions limits)
{
    /// <summary>Whoever shows no token: what upstreams call back with.</summary>
    public static readonly TeamId Strangers = new("");

    // What is so small neither waits nor makes wait: slots bound how many jobs are sent at once.
    private const long Small = 256 * 1024;

    // Enough to be worth a collection.
    private const long WorthCollecting = 32 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<TeamId, long> _asking = [];
    private readonly Dictionary<TeamId, long> _sending = [];
    private readonly LinkedList<QueuedRoom> _waiting = [];
    private long _held;
    private long _refused;
    private long _returned;

    /// <summary>Bytes that are kept now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Requests that found no room, since this node started.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Rings when bodies that are worth a collection were given back.</summary>
    public AsyncAutoResetEvent LargeReturned { get; } = new();

    /// <summary>The room of one request, which has none yet.</summary>
    public RequestRoom Open(TeamId team) => new(this, team);

    /// <summary>Asks for the room of a job that is sent.</summary>
    public QueuedRoom Queue(TeamId team, long bytes)
    {
        var room = new QueuedRoom(this, team, Math.Min(bytes, limits.OfTeam));
        lock (_lock)
        {
            _waiting.AddLast(room);
            Serve();
        }

        return room;
    }

    /// <summary>Takes room for so many bytes more; answers what is missing, null when they were taken.</summary>
    public BodyShortage? Take(TeamId team, long bytes)
    {
        lock (_lock)
        {
            if (ShortageOf(team, bytes) is { } shortage)
            {
                _refused++;
                return shortage;
            }

            Add(_asking, team, bytes);
            return null;
        }
    }

    public void GiveBack(TeamId team, long bytes)
    {
        lock (_lock)
        {
            Add(_asking, team, -bytes);
            Serve();
        }
    }

    /// <summary>A job was sent, or waits no longer.</summary>
    public void Leave(QueuedRoom room)
    {
        lock (_lock)
        {
            if (!_waiting.Remove(room)) Add(_sending, room.Team, -room.Bytes);
            Serve();
        }
    }

    private BodyShortage? ShortageOf(TeamId team, long bytes)
    {
        var own = _asking.GetValueOrDefault(team);
        if (own + bytes > limits.OfTeam) return new BodyShortage(IsOfTeam: true, own, limits.OfTeam, bytes);
        return _held + bytes > limits.Memory || (bytes > Small && _waiting.Count > 0)
            ? new BodyShortage(IsOfTeam: false, _held, limits.Memory, bytes)
            : null;
    }

    // In the order they came; a team whose share is full keeps nobody else waiting.
    private void Serve()
    {
        var isFull = false;
        for (var node = _waiting.First; node is not null;)
        {
            var (room, place) = (node.Value, node);
            node = node.Next;
            if (room.Bytes > Small && (isFull || !HasShare(room))) continue;
            if (room.Bytes > Small && (isFull = _held + room.Bytes > limits.Memory)) continue;

            _waiting.Remove(place);
            Add(_sending, room.Team, room.Bytes);
            room.Serve();
        }
    }

    private bool HasShare(QueuedRoom room) => _sending.GetValueOrDefault(room.Team) + room.Bytes <= limits.OfTeam;

    private void Add(Dictionary<TeamId, long> teams, TeamId team, long bytes)
    {
        _held += bytes;
        if (bytes <= -Small && (_returned -= bytes) >= WorthCollecting)
        {
            _returned = 0;
            LargeReturned.Set();
        }

        var own = teams.GetValueOrDefault(team) + bytes;
        if (own == 0) teams.Remove(team);
        else teams[team] = own;
    }
}
