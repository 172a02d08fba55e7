using System.ComponentModel.DataAnnotations;

namespace Gateway.Grains.Routing;

/// <summary>
/// The part of what all teams share that one of them may take (<c>Gateway:Fairness</c>). Each holds where there is more than one team. One
/// is always allowed.
/// </summary>
internal sealed class FairnessOptions
{
    /// <summary>
    /// One team's part of the slots that could serve its work, while others wait for one: who holds as many goes after those who hold
    /// fewer; 1 switches it off.
    /// </summary>
    [Range(0.01, 1.0)]
    public double SlotShare { get; set; } = 0.5;

    /// <summary>
    /// One team's part of the slots that could serve its work, held by requests of its jobs that no upstream has answered, even when nobody
    /// waits; 1 switches it off.
    /// </summary>
    /// <remarks>Such a request may keep its slot to the hard end.</remarks>
    [Range(0.01, 1.0)]
    public double UnansweredShare { get; set; } = 0.5;

    /// <summary>One team's part of <see cref="QueueOptions.MaxWaitingCalls"/>; 1 switches it off.</summary>
    [Range(0.01, 1.0)]
    public double WaitingShare { get; set; } = 0.5;

    /// <summary>
    /// One team's part of <see cref="QueueOptions.MaxJobs"/> where <see cref="QueueOptions.MaxJobsPerTeam"/> is not set; 1 switches it off.
    /// </summary>
    [Range(0.01, 1.0)]
    public double QueueShare { get; set; } = 0.5;
}
