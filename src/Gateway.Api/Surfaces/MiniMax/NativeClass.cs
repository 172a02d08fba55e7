namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>How an endpoint is served.</summary>
internal enum NativeClass
{
    /// <summary>Durable: queued, sent when a slot is free, followed to its end.</summary>
    Job,

    /// <summary>Takes a slot while it runs.</summary>
    Call,

    /// <summary>Makes nothing that is paid for and takes no slot.</summary>
    Read,
}
