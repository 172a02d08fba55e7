namespace Gateway.Simulator;

/// <summary>The settings a test may change while the simulator runs.</summary>
internal sealed class Behaviour(SimulatorOptions options)
{
    private volatile ChatSettings _chat = options.Chat;
    private volatile bool _manualTasks = options.ManualTasks;

    public ChatSettings Chat
    {
        get => _chat;
        set => _chat = value;
    }

    public bool ManualTasks
    {
        get => _manualTasks;
        set => _manualTasks = value;
    }
}
