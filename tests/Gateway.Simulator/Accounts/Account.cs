namespace Gateway.Simulator;

internal sealed class Account(string key, KeySettings settings)
{
    private volatile KeySettings _settings = settings;

    public string Key { get; } = key;

    public RateWindow Chats { get; } = new();

    public RateWindow Submits { get; } = new();

    public KeySettings Settings
    {
        get => _settings;
        set => _settings = value;
    }
}
