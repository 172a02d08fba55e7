using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>An account of a row, as an admin sees it.</summary>
internal sealed class VendorAccount(string id, string key, Client admin, MiniMaxSimulator sim)
{
    private static readonly TimeSpan ShortRest = TimeSpan.FromMinutes(1);

    // Validated when it was added, perhaps: that was no probe.
    private readonly int _readsBefore = sim.Ledger.Count(Operation.Models, key);

    public string Id => id;

    public string Key => key;

    /// <summary>Its credential was tried in the cheap way since.</summary>
    public bool WasProbed => sim.Ledger.Count(Operation.Models, key) > _readsBefore;

    public async Task<Answer> ShownAsync() => (await admin.GetAsync($"/v1/admin/accounts/{id}")).Expect(200);

    public async Task<bool> IsAsync(Left left)
    {
        var health = (await ShownAsync())["health"]!.AsObject();
        var state = health["state"]!.ToString();
        var blocked = health["blocked"]?.AsArray().Count ?? 0;
        return left switch
        {
            Left.Ok or Left.Cleared => state == "ok" && blocked == 0,
            Left.AuthFailed => state == "auth_failed",
            Left.Exhausted => state == "cooling" && RestOf(health) > ShortRest,
            Left.ModelBlocked => state == "ok" && blocked == 1,
            Left.Misconfigured => state is not ("ok" or "auth_failed") && health["reason"] is not null,
            _ => state != "auth_failed" && blocked == 0 && RestOf(health) <= ShortRest,
        };
    }

    private static TimeSpan RestOf(JsonObject health) =>
        health["until"] is { } until
            ? DateTimeOffset.Parse(until.ToString(), CultureInfo.InvariantCulture) - TimeProvider.System.GetUtcNow()
            : TimeSpan.Zero;
}
