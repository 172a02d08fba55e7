namespace Gateway.Silo.Outbound;

/// <summary>How many messages are under way: in all, and to each receiver, so that a slow one takes up no other's room.</summary>
internal sealed class SendLanes(WebhookOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _hosts = [];
    private int _all;

    /// <summary>How many more may go to this receiver now.</summary>
    public int RoomFor(string host)
    {
        lock (_lock) return Math.Max(0, Math.Min(options.MaxSendsPerHost - _hosts.GetValueOrDefault(host), options.MaxSends - _all));
    }

    public void Enter(string host)
    {
        lock (_lock)
        {
            _hosts[host] = _hosts.GetValueOrDefault(host) + 1;
            _all++;
        }
    }

    public void Leave(string host)
    {
        lock (_lock)
        {
            if (--_hosts[host] == 0) _hosts.Remove(host);
            _all--;
        }
    }
}
