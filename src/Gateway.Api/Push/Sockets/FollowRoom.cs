using System.Collections.Concurrent;
using Gateway.Model.Ids;
using Gateway.Silo.Connections;

namespace Gateway.Api.Push.Sockets;

/// <summary>How many jobs each team's sockets follow on this node, so that no team fills its memory.</summary>
internal sealed class FollowRoom(ConnectionOptions options)
{
    private readonly ConcurrentDictionary<TeamId, int> _teams = new();

    /// <summary>The most of one team. Sockets that subscribe at the same instant may pass it by their number.</summary>
    public int Most => options.MaxFollowedJobs;

    /// <summary>Whether a team can follow no job beside so many that it is about to.</summary>
    public bool IsFull(TeamId team, int begun) => _teams.GetValueOrDefault(team) + begun >= Most;

    public void Enter(TeamId team) => _teams.AddOrUpdate(team, 1, static (_, followed) => followed + 1);

    public void Leave(TeamId team) => _teams.AddOrUpdate(team, 0, static (_, followed) => followed - 1);
}
