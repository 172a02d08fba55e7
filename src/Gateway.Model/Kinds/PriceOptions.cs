using System.ComponentModel.DataAnnotations;
using Gateway.Model.Settings;

namespace Gateway.Model.Kinds;

/// <summary>Prices over the shipped ones (<c>Gateway</c>); see <see cref="PriceTable"/>.</summary>
internal sealed class PriceOptions : IValidatableObject
{
    private const long MostCredits = 1_000_000_000;

    /// <summary>
    /// Credits for one unit, from 0 to 1000000000, by <c>driver/kind</c> or <c>driver/operation</c>, with <c>/model</c> behind it for one
    /// model. A unit is a picture, a video, a song, a second of a second-API video, a started thousand of characters or tokens.
    /// </summary>
    /// <value>
    /// a video 30 (<c>MiniMax-Hailuo-2.3-Fast</c> 20, a template's 30), a second of the second API 5, an image 1, speech 2, music 10,
    /// lyrics 1, a prepared cover 1, a cloned voice 150, a designed one 30; chat is unpriced
    /// </value>
    [EntryName("<driver>/<work>")]
    public Dictionary<string, long> Prices { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Prices
        .Where(price => price.Value is < 0 or > MostCredits)
        .Select(price => new ValidationResult($"is {price.Value}; it must be from 0 to {MostCredits}", [$"{nameof(Prices)}:{price.Key}"]));
}
