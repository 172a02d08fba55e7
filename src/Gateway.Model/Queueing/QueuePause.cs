namespace Gateway.Model.Queueing;

/// <summary>A pause an operator set: jobs of its target are not dispatched. What runs goes on, and calls are not concerned.</summary>
/// <param name="Target">A lane, or <see cref="Everything"/>.</param>
/// <param name="Actor">Who set it.</param>
/// <param name="At">Since when.</param>
internal sealed record QueuePause(string Target, string Actor, DateTimeOffset At)
{
    public const string Everything = "*";
}
