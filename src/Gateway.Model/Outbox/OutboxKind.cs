namespace Gateway.Model.Outbox;

/// <summary>To whom a message goes, and in whose words.</summary>
internal enum OutboxKind
{
    /// <summary>A MiniMax client's <c>callback_url</c>.</summary>
    Callback,

    /// <summary>A job's own <c>replyUrl</c>.</summary>
    Webhook,
}
