namespace Gateway.Simulator;

/// <summary>
/// One POST to a <c>callback_url</c>. A challenge has no task yet; for it, <see cref="Delivered"/> means answered
/// in time with the challenge unchanged, for a status it means a 2xx.
/// </summary>
public sealed record CallbackAttempt(
    string Key, string Url, string? TaskId, string? Status, string Body, int? HttpStatus, bool Delivered, string? Error, DateTimeOffset At)
{
    public bool IsChallenge => TaskId is null;
}
