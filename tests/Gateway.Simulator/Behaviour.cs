namespace Gateway.Simulator;

/// <summary>The settings a test may change while the simulator runs.</summary>
internal sealed class Behaviour(SimulatorOptions options)
{
    private volatile ChatSettings _chat = options.Chat;
    private volatile MediaSettings _media = options.Media;
    private volatile bool _manualTasks = options.ManualTasks;
    private volatile bool _queueTasks;
    private volatile bool _refuseUnmetChallenges = true;

    public ChatSettings Chat
    {
        get => _chat;
        set => _chat = value;
    }

    public bool RefuseUnmetChallenges
    {
        get => _refuseUnmetChallenges;
        set => _refuseUnmetChallenges = value;
    }

    public MediaSettings Media
    {
        get => _media;
        set => _media = value;
    }

    public bool QueueTasks
    {
        get => _queueTasks;
        set => _queueTasks = value;
    }

    public bool ManualTasks
    {
        get => _manualTasks;
        set => _manualTasks = value;
    }
}
