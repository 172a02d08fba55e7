namespace Gateway.Api.Http;

internal static class FoldedFields
{
    /// <summary>Takes the fields of a body into one value, and hears of all that is wrong with them.</summary>
    /// <param name="fields">The fields.</param>
    /// <param name="seed">What they are taken into.</param>
    /// <param name="take">Takes one.</param>
    /// <param name="missing">What the result lacks.</param>
    /// <exception cref="ApiException">Something is wrong.</exception>
    public static T Fold<T>(
        this IEnumerable<JsonObjectReader.Field> fields, T seed, Func<T, JsonObjectReader.Field, T> take,
        Func<T, IEnumerable<FieldError>>? missing = null)
    {
        var faults = new FieldFaults();
        foreach (var field in fields) faults.Try(() => { seed = take(seed, field); });
        foreach (var error in missing?.Invoke(seed) ?? []) faults.Require(isThere: false, error.Field, error.Rule);
        faults.ThrowIfAny();
        return seed;
    }
}
