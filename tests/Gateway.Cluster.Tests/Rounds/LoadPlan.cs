namespace Gateway.Cluster.Tests.Rounds;

/// <param name="Name">Its prompt and its idempotency key; unique in the cluster's life.</param>
/// <param name="At">When it is submitted, from the start of the load.</param>
/// <param name="Team">Whose it is.</param>
/// <param name="Priority">0 … 9.</param>
/// <param name="CancelAfter">When its caller takes it back, from its acceptance; null for never.</param>
/// <param name="IsWatched">Whether somebody listens to its events.</param>
internal sealed record PlannedJob(string Name, TimeSpan At, int Team, int Priority, TimeSpan? CancelAfter, bool IsWatched);

/// <param name="Text">The prompt.</param>
/// <param name="At">When it is made, from the start of the load.</param>
/// <param name="Team">Whose it is.</param>
/// <param name="IsChat">A chat that streams; else an image.</param>
internal sealed record PlannedCall(string Text, TimeSpan At, int Team, bool IsChat);

/// <summary>A round's load, rolled before it starts so that its seed tells all of it.</summary>
internal sealed record LoadPlan(IReadOnlyList<PlannedJob> Jobs, IReadOnlyList<PlannedCall> Calls)
{
    private const int JobCount = 32;
    private const int CallCount = 16;

    /// <param name="dice">The round's.</param>
    /// <param name="prefix">Makes names unique.</param>
    /// <param name="length">Over which the load arrives.</param>
    public static LoadPlan Roll(Random dice, string prefix, TimeSpan length) => new(
        [.. Enumerable.Range(1, JobCount).Select(number => new PlannedJob(
            $"{prefix}, job {number}", length * dice.NextDouble(), dice.Next(Population.TeamCount), dice.Next(4, 7),
            dice.Next(6) == 0 ? TimeSpan.FromMilliseconds(dice.Next(1200)) : null, IsWatched: dice.Next(4) == 0))],
        [.. Enumerable.Range(1, CallCount).Select(number => new PlannedCall($"{prefix}, call {number}", length * dice.NextDouble(), dice.Next(Population.TeamCount), IsChat: dice.Next(3) > 0))]);
}
