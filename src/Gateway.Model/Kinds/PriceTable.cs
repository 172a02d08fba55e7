using System.Collections.Frozen;

namespace Gateway.Model.Kinds;

/// <summary>What work costs in credits; the ceiling is reserved, and charged when the upstream reports nothing (C1).</summary>
/// <remarks>
/// A key is <c>driver/kind</c>, or <c>driver/operation</c> where the operation is not what the kind is named after, with
/// <c>/model</c> behind it for one model. A price is for one unit: a picture, a video, a song, a second of video of the second
/// API, a started thousand of characters or of tokens. One credit is one unit of an account's daily budget; the shipped numbers
/// keep the ratios of MiniMax's list prices (an image 1, a video 30) and are meant to be overridden by <c>Gateway:Prices</c>.
/// </remarks>
internal sealed class PriceTable
{
    private static readonly Dictionary<string, long> Shipped = new(StringComparer.Ordinal)
    {
        ["platform/video"] = 30,
        ["platform/video/MiniMax-Hailuo-02"] = 30,
        ["platform/video/MiniMax-Hailuo-2.3"] = 30,
        ["platform/video/MiniMax-Hailuo-2.3-Fast"] = 20,
        ["platform/video_v2"] = 5,
        ["platform/video_context"] = 5,
        ["platform/video_regeneration"] = 5,
        ["platform/video_template"] = 30,
        ["platform/image"] = 1,
        ["platform/speech"] = 2,
        ["platform/speech_task"] = 2,
        ["platform/voice_clone"] = 150,
        ["platform/voice_design"] = 30,
        ["platform/music"] = 10,
        ["platform/lyrics"] = 1,
        ["platform/cover_preprocess"] = 1,
    };

    public static readonly PriceTable Default = new(new Dictionary<string, long>());

    // Whatever their case: an upstream that minds none would serve a model that is dear here under a name that is not.
    private readonly FrozenDictionary<string, long> _prices;

    public PriceTable(IReadOnlyDictionary<string, long> overrides)
    {
        var prices = new Dictionary<string, long>(Shipped, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, price) in overrides) prices[key] = price;
        _prices = prices.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The ceiling of one piece of work; 0 where nothing prices it.</summary>
    public long Ceiling(string driver, Work work)
    {
        var kind = $"{driver}/{(work.Operation == WorkOperation.Plain ? work.Kind.Name : work.Operation.Name)}";
        var price = work.Model is not null && _prices.TryGetValue($"{kind}/{work.Model}", out var exact) ? exact : _prices.GetValueOrDefault(kind);
        return CreditSums.Times(price, work.Units);
    }

    /// <summary>The kinds a driver serves that nothing prices: named at start-up, so that nobody believes they count.</summary>
    public IEnumerable<string> Unpriced(string driver, IEnumerable<JobKind> kinds) =>
        kinds.Select(kind => $"{driver}/{kind.Name}").Where(key => !_prices.ContainsKey(key));
}
