using Gateway.Model.Outbox;
using Gateway.Silo.Lanes;

namespace Gateway.Silo.Outbound;

/// <summary>
/// How many messages are under way: to each receiver, so that a slow one takes up no other's room, and of each team, so that a
/// thousand slow ones of one team take up no other team's.
/// </summary>
internal sealed class SendLanes(WebhookOptions options)
{
    private readonly SharedPlaces _teams = new(() => options.MaxSends);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _hosts = [];

    /// <summary>How many more may go to this receiver now.</summary>
    public int RoomFor(string host)
    {
        lock (_lock)
            return Math.Max(
                0, Math.Min(options.MaxSendsPerHost - _hosts.GetValueOrDefault(host), _teams.RoomFor(OutboxMessage.TeamOf(host))));
    }

    public void Enter(string host)
    {
        lock (_lock) _hosts[host] = _hosts.GetValueOrDefault(host) + 1;
        _teams.Enter(OutboxMessage.TeamOf(host));
    }

    public void Leave(string host)
    {
        lock (_lock)
        {
            if (--_hosts[host] == 0) _hosts.Remove(host);
        }

        _teams.Leave(OutboxMessage.TeamOf(host));
    }
}
