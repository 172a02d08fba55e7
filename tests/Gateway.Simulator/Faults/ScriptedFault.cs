namespace Gateway.Simulator;

/// <summary>A rule in the script, with the number of times it struck.</summary>
public sealed class ScriptedFault
{
    private int _applied;
    private int _passed;

    internal ScriptedFault(FaultRule rule) => Rule = rule;

    public FaultRule Rule { get; }

    public int Applied => Volatile.Read(ref _applied);

    internal bool IsSpent => Applied >= Rule.Count;

    /// <summary>Lets one of the requests by that are to pass first; false when none is. Only under the script's lock.</summary>
    internal bool LetsPass_NeedsLock()
    {
        if (_passed >= Rule.Skip)
        {
            return false;
        }

        _passed++;
        return true;
    }

    /// <summary>Only under the script's lock, so that a count is never overdrawn.</summary>
    internal void Strike_NeedsLock() => Volatile.Write(ref _applied, _applied + 1);
}
