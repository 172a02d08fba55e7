using System.Collections.Concurrent;

namespace Gateway.Simulator;

/// <summary>Songs prepared for covers. Each works for a day, and for the key that prepared it.</summary>
internal sealed class CoverShelf(TimeProvider clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<string, (string Key, DateTimeOffset Until)> _features = new(StringComparer.Ordinal);

    public string Add(string key)
    {
        string id = Guid.NewGuid().ToString("N");
        _features[id] = (key, clock.GetUtcNow() + Life);
        return id;
    }

    public bool Holds(string id, string key) =>
        _features.TryGetValue(id, out (string Key, DateTimeOffset Until) feature)
        && feature.Key == key
        && clock.GetUtcNow() < feature.Until;
}
