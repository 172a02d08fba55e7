using Gateway.Api.Auth;
using Gateway.Api.Views;
using Gateway.Engine.Notifiers;

namespace Gateway.Api.Push.Sockets;

/// <summary>What every socket needs.</summary>
internal sealed record SocketServices(
    JobEvents Events, JobNotifier Notifier, FollowRoom Room, JobsMapping Mapping, Authenticator Authenticator, JobWaiter Waiter,
    TimeProvider Time);
