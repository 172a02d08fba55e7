using System.Collections.Concurrent;

namespace Gateway.Simulator;

/// <summary>Which keys the platform knows.</summary>
internal sealed class KeyRing
{
    private readonly ConcurrentDictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly bool _knownKeysOnly;
    private readonly KeySettings _default;

    public KeyRing(SimulatorOptions options)
    {
        _knownKeysOnly = options.KnownKeysOnly;
        _default = options.DefaultKey;
        foreach ((string key, KeySettings settings) in options.Keys)
        {
            Set(key, settings);
        }
    }

    public Account? Find(string key)
    {
        if (key.Length == 0)
        {
            return null;
        }

        return _knownKeysOnly
            ? _accounts.GetValueOrDefault(key)
            : _accounts.GetOrAdd(key, static (added, settings) => new Account(added, settings), _default);
    }

    public void Set(string key, KeySettings settings) =>
        _accounts.GetOrAdd(key, static (added, first) => new Account(added, first), settings).Settings = settings;
}
