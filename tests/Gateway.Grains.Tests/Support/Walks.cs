using Gateway.Grains.Routing;
using Gateway.Model.Accounts;

namespace Gateway.Grains.Tests.Support;

/// <summary>Walks a route to its end, asking each account as the test says.</summary>
internal static class Walks
{
    extension(RouterGrain router)
    {
        /// <summary>With a look at the store before nobody is said to be free. Null when an account took it, else why nobody did.</summary>
        public async Task<NobodyFree?> RouteAsync(RouteRequest request, Func<AccountState, LeaseRequest, Task<Refusal?>> ask)
        {
            var walk = router.Walk(request, asksStore: true);
            return await TakeAsync(walk, ask) ? null : walk.Nobody!;
        }

        /// <summary>From the node's view alone.</summary>
        public Task<bool> TryRouteAsync(RouteRequest request, Func<AccountState, LeaseRequest, Task<Refusal?>> ask) =>
            TakeAsync(router.Walk(request, asksStore: false), ask);
    }

    private static async Task<bool> TakeAsync(RouteWalk walk, Func<AccountState, LeaseRequest, Task<Refusal?>> ask)
    {
        while (await walk.NextAsync(CancellationToken.None) is { } next)
        {
            using var offer = next;
            if (await ask(offer.Account, offer.Lease) is { } refusal)
            {
                offer.Refuse(refusal);
                continue;
            }

            offer.Take();
            return true;
        }

        return false;
    }
}
