namespace Gateway.Model.Webhooks;

/// <summary>What became of a message.</summary>
internal enum DeliveryOutcome
{
    /// <summary>Its receiver took it.</summary>
    Delivered,

    /// <summary>It did not, and is asked again.</summary>
    Waiting,

    /// <summary>It did not for so long that it is asked no more.</summary>
    GivenUp,

    /// <summary>It said that it is gone for good (410).</summary>
    Disabled,
}
