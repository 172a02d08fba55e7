using System.Diagnostics.CodeAnalysis;
using Gateway.Silo.Lanes;

namespace Gateway.Silo.Polling;

/// <summary>
/// Who may poll: the tasks of each host stand in a line of their own, and hosts share the places, so that one that hangs delays no
/// other (<see cref="SharedPlaces"/>). Used by the poller's loop alone.
/// </summary>
/// <param name="places">Polls under way at once, all hosts together.</param>
internal sealed class PollLanes(int places)
{
    private readonly SharedPlaces _places = new(() => places);
    private readonly Dictionary<string, Line> _lines = new(StringComparer.OrdinalIgnoreCase);
    private long _turn;

    /// <summary>Lines a task up that is due.</summary>
    public void Enter(PolledTask task, string host)
    {
        if (!_lines.TryGetValue(host, out var line)) _lines[host] = line = new Line();
        line.Waiting.Enqueue(task);
    }

    /// <summary>
    /// The next poll that has room: of the host that has the fewest under way, and of these of the one whose turn was longest ago.
    /// </summary>
    public bool TryBegin([NotNullWhen(true)] out PolledTask? task, [NotNullWhen(true)] out string? host)
    {
        (task, host) = (null, _lines.Keys.MinBy(name => (_places.HeldBy(name), _lines[name].Turn)));
        if (host is null || _places.RoomFor(host) == 0) return false;
        var line = _lines[host];
        (task, line.Turn) = (line.Waiting.Dequeue(), ++_turn);
        if (line.Waiting.Count == 0) _lines.Remove(host);
        _places.Enter(host);
        return true;
    }

    /// <summary>A poll of this host has ended.</summary>
    public void Leave(string host) => _places.Leave(host);

    private sealed class Line
    {
        public Queue<PolledTask> Waiting { get; } = new();

        public long Turn { get; set; }
    }
}
