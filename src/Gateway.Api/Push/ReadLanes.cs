using Gateway.Api.Auth;

namespace Gateway.Api.Push;

/// <summary>
/// How much of the store and of this machine one team's subscriptions take at once: a few reads, however many subscriptions begin
/// or hear of a move in the same instant. The others' reads and requests come in between.
/// </summary>
internal sealed class ReadLanes() : TeamLanes(AtOnce)
{
    // With one, each read would wait for the thread that ended the last; more would take all cores of a small machine.
    private const int AtOnce = 2;
}
