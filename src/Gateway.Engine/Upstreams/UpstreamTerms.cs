using System.Collections.Frozen;
using Gateway.Model.Accounts;

namespace Gateway.Engine.Upstreams;

/// <summary>What an upstream asks for its work and how fast an account of it may go, as shipped; settings override both.</summary>
/// <param name="Prices">Credits for one unit, by the name of an operation, with <c>/model</c> behind it for one model (C1).</param>
/// <param name="Paces">Limits by family (Q7); a family without one is not counted.</param>
internal sealed record UpstreamTerms(IReadOnlyDictionary<string, long> Prices, IReadOnlyList<PaceLimit> Paces)
{
    /// <summary>Nothing is priced and nothing is counted.</summary>
    public static readonly UpstreamTerms None = new(FrozenDictionary<string, long>.Empty, []);

    /// <summary>The prices as settings name them.</summary>
    public IEnumerable<KeyValuePair<string, long>> PricesOf(string driver) =>
        Prices.Select(price => KeyValuePair.Create($"{driver}/{price.Key}", price.Value));
}
