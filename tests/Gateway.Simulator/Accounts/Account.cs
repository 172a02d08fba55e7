using System.Collections.Concurrent;

namespace Gateway.Simulator;

internal sealed class Account(string key, KeySettings settings)
{
    private readonly ConcurrentDictionary<Operation, RateWindow> _windows = new();
    private volatile KeySettings _settings = settings;

    public string Key { get; } = key;

    public RateWindow Window(Operation family) => _windows.GetOrAdd(family, static _ => new RateWindow());

    public KeySettings Settings
    {
        get => _settings;
        set => _settings = value;
    }
}
