using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Teams;

internal static class TeamScope
{
    extension(TurnScope scope)
    {
        /// <summary>Takes a lease within a turn: the team's limits say no first, then the account.</summary>
        public (AccountState Next, Lease? Lease, Refusal? Refusal) Acquire(AccountState account, LeaseRequest request, KindLimit limit)
        {
            var team = request.Team is { } id && scope.Team(id) is { Team.Limits.BoundLeases: true } limited ? limited : null;
            if (team?.Use.Refuse(team.Team.Limits, request.Id, request.Ceiling) is { } refused) return (account, null, refused);

            var (next, lease, refusal) = account.Acquire(team is null ? request with { Team = null } : request, limit, scope.Now);
            if (lease is null) return (next, null, refusal);
            scope.Put(next);
            if (team is not null) scope.Put(team with { Use = team.Use.Hold(lease.Id, lease.Reserved) });
            return (next, lease, null);
        }

        /// <summary>
        /// Takes one of the team's places in the queue; answers the limit when none is left, null when one was taken or there is no limit.
        /// </summary>
        public int? TakeQueuePlace(TeamId? id)
        {
            if (id is not { } known || scope.Team(known) is not { Team.Limits.MaxQueued: { } limit } team) return null;
            if (team.Use.Queued >= limit) return limit;
            scope.Put(team with { Use = team.Use with { Queued = team.Use.Queued + 1 } });
            return null;
        }
    }
}
