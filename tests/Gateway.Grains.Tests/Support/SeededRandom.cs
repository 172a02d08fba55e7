using Gateway.Model.Queueing;

namespace Gateway.Grains.Tests.Support;

/// <summary>Dice that fall the same way each run.</summary>
internal sealed class SeededRandom(int seed) : IRandom
{
    private readonly Random _random = new(seed);

    public int Next(int below) => _random.Next(below);
}
