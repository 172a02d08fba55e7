using Gateway.Model.Accounts;
using Gateway.Model.Kinds;
using Gateway.Upstreams.MiniMax;

namespace Gateway.Grains.Tests.Support;

/// <summary>What this program ships with, where no setting says otherwise.</summary>
internal static class Shipped
{
    public static readonly PriceTable Prices = PricesWith([]);

    public static readonly PaceTable Paces = PacesWith([]);

    public static PriceTable PricesWith(Dictionary<string, long> overrides) =>
        new(PlatformTerms.Shipped.PricesOf(PlatformDriver.Name), overrides);

    public static PaceTable PacesWith(Dictionary<string, PaceLimit> overrides) =>
        new([(PlatformDriver.Name, PlatformTerms.Shipped.Paces)], overrides);
}
