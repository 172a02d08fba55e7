namespace Gateway.Model.Outbox;

/// <summary>What a caller's <c>callback_url</c> is told apart. A change that leaves it as it is is no news to it.</summary>
internal enum CallbackPhase
{
    Queued,
    Running,
    Succeeded,
    Cancelled,
    Failed,
}
