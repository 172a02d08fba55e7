namespace Gateway.Simulator;

/// <summary>A rule in the script, with the number of times it struck.</summary>
public sealed class ScriptedFault
{
    private int _applied;

    internal ScriptedFault(FaultRule rule) => Rule = rule;

    public FaultRule Rule { get; }

    public int Applied => Volatile.Read(ref _applied);

    internal bool IsSpent => Applied >= Rule.Count;

    /// <summary>Only under the script's lock, so that a count is never overdrawn.</summary>
    internal void Strike_NeedsLock() => Volatile.Write(ref _applied, _applied + 1);
}
