namespace Gateway.Simulator;

/// <summary>Admissions of the last minute. Refused requests do not count.</summary>
internal sealed class RateWindow
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Queue<DateTimeOffset> _admitted = new();

    public bool TryAdmit(int? limit, DateTimeOffset now)
    {
        if (limit is null)
        {
            return true;
        }

        lock (_lock)
        {
            while (_admitted.TryPeek(out DateTimeOffset oldest) && now - oldest >= Length)
            {
                _admitted.Dequeue();
            }

            if (_admitted.Count >= limit)
            {
                return false;
            }

            _admitted.Enqueue(now);
            return true;
        }
    }
}
