namespace Gateway.Silo.Lanes;

/// <summary>
/// Places that several take from, a host or a team each. One may take another only while it holds fewer than are left free: alone it
/// holds half of all, beside another a third, and where all are taken the next that is free goes to whoever holds few.
/// </summary>
/// <param name="places">How many there are; a setting, which tests change.</param>
internal sealed class SharedPlaces(Func<int> places)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _held = new(StringComparer.OrdinalIgnoreCase);
    private int _all;

    /// <summary>How many more this one may take now.</summary>
    public int RoomFor(string holder)
    {
        lock (_lock) return Math.Max(0, (places() - _all - _held.GetValueOrDefault(holder) + 1) / 2);
    }

    public int HeldBy(string holder)
    {
        lock (_lock) return _held.GetValueOrDefault(holder);
    }

    public void Enter(string holder)
    {
        lock (_lock)
        {
            _held[holder] = _held.GetValueOrDefault(holder) + 1;
            _all++;
        }
    }

    public void Leave(string holder)
    {
        lock (_lock)
        {
            if (--_held[holder] == 0) _held.Remove(holder);
            _all--;
        }
    }
}
