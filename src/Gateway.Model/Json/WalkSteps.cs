namespace Gateway.Model.Json;

/// <summary>
/// The steps of a walk over a long text. A token is looked at now and then: at each of them it would cost more than the step.
/// </summary>
internal struct WalkSteps(CancellationToken cancellationToken)
{
    // A millisecond's work or less.
    private const int BetweenLooks = 4096;

    private int _taken;

    /// <exception cref="OperationCanceledException">Whoever asked has left.</exception>
    public void Take()
    {
        if (++_taken % BetweenLooks == 0) cancellationToken.ThrowIfCancellationRequested();
    }
}
