namespace Gateway.Model.Queueing;

/// <summary>The system's dice, safe for many threads.</summary>
internal sealed class SystemRandom : IRandom
{
#pragma warning disable RS0030 // the one place that may use it
    public int Next(int below) => Random.Shared.Next(below);
#pragma warning restore RS0030
}
