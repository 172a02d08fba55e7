using System.ComponentModel.DataAnnotations;

namespace Gateway.Grains.Options;

/// <summary>
/// The part of what all teams share that one of them may take (<c>Gateway:Fairness</c>). Each holds where there is more than one team; 1 switches it
/// off. One is always allowed.
/// </summary>
internal sealed class FairnessOptions
{
    /// <summary>Of the slots that could serve its work, while others wait for one: who holds as many goes after those who hold fewer. Default 0.5.</summary>
    [Range(0.01, 1.0)]
    public double SlotShare { get; set; } = 0.5;

    /// <summary>
    /// Of the slots that could serve its work, with requests of its jobs that no upstream has answered, even when nobody waits: such a request may
    /// keep its slot to the hard end. Default 0.5.
    /// </summary>
    [Range(0.01, 1.0)]
    public double UnansweredShare { get; set; } = 0.5;

    /// <summary>Of a node's places for calls that wait (<see cref="QueueOptions.MaxWaitingCalls"/>). Default 0.5.</summary>
    [Range(0.01, 1.0)]
    public double WaitingShare { get; set; } = 0.5;

    /// <summary>Of the jobs that may be queued (<see cref="QueueOptions.MaxJobs"/>). Default 0.5.</summary>
    [Range(0.01, 1.0)]
    public double QueueShare { get; set; } = 0.5;
}
