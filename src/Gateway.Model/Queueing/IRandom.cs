namespace Gateway.Model.Queueing;

/// <summary>The dice of the router; tests load them.</summary>
internal interface IRandom
{
    /// <summary>A number from 0 to <paramref name="below"/> - 1, each equally likely.</summary>
    int Next(int below);
}
