namespace Gateway.Grains.Routing;

/// <summary>The dice of the router; tests load them.</summary>
internal interface IRandom
{
    /// <summary>A number from 0 to <paramref name="below"/> - 1, each equally likely.</summary>
    int Next(int below);
}

/// <summary>The system's dice, safe for many threads.</summary>
internal sealed class SystemRandom : IRandom
{
#pragma warning disable RS0030 // the one place that may use it
    public int Next(int below) => Random.Shared.Next(below);
#pragma warning restore RS0030
}
