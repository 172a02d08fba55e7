using System.Collections.Frozen;

namespace Gateway.Model.Kinds;

/// <summary>What work costs in credits; the ceiling is reserved, and charged when the upstream reports nothing (C1).</summary>
/// <remarks>
/// A key is <c>driver/kind</c>, or <c>driver/operation</c> where the operation is not what the kind is named after, with
/// <c>/model</c> behind it for one model. A price is for one unit: a picture, a video, a song, a second of video of the second
/// API, a started thousand of characters or of tokens. One credit is one unit of an account's daily budget. Each driver ships its own
/// numbers, and <c>Gateway:Prices</c> overrides them.
/// </remarks>
internal sealed class PriceTable
{
    // Whatever their case: an upstream that minds none would serve a model that is dear here under a name that is not.
    private readonly FrozenDictionary<string, long> _prices;

    /// <param name="shipped">What the drivers ask.</param>
    /// <param name="overrides">What the operator says instead.</param>
    public PriceTable(IEnumerable<KeyValuePair<string, long>> shipped, IReadOnlyDictionary<string, long>? overrides = null)
    {
        var prices = new Dictionary<string, long>(shipped, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, price) in overrides ?? FrozenDictionary<string, long>.Empty) prices[key] = price;
        _prices = prices.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The ceiling of one piece of work; 0 where nothing prices it.</summary>
    public long Ceiling(string driver, Work work)
    {
        var kind = $"{driver}/{Work.NameOf(work.Kind, work.Operation)}";
        var price = work.Model is not null && _prices.TryGetValue($"{kind}/{work.Model}", out var exact)
            ? exact
            : _prices.GetValueOrDefault(kind);
        return CreditSums.Times(price, work.Units);
    }

    /// <summary>The kinds a driver serves that nothing prices: named at start-up, so that nobody believes they count.</summary>
    public IEnumerable<string> Unpriced(string driver, IEnumerable<JobKind> kinds) =>
        kinds.Select(kind => $"{driver}/{kind.Name}").Where(key => !_prices.ContainsKey(key));
}
