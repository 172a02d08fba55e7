using Gateway.Api.Http;
using Gateway.Model.Json;
using Gateway.Model.Operations;

namespace Gateway.Api.Native;

/// <summary>Finds the ids in native bodies, by operation (docs/minimax.md, "Video, second API", "Speech" to "Music").</summary>
internal static class AssetRefs
{
    /// <summary>A request names a dozen at most (docs/minimax.md, "Video, second API"): each costs a look at the database.</summary>
    private const int Most = 100;

    /// <summary>Whether a body has a field in which its operation names something, or may hold links.</summary>
    public static bool MayBeIn(Operation row, DecisiveFields fields)
    {
        foreach (var use in row.Uses)
            foreach (var field in use.Fields)
                if (fields.Has(field)) return true;
        return row.HasFileLinks;
    }

    /// <exception cref="ApiException">It names too many, or one in two places of which an upstream reads but one.</exception>
    public static List<AssetRef> Find(Operation row, ReadOnlySpan<byte> body, CancellationToken cancellationToken = default)
    {
        List<AssetRef> refs = [];
        foreach (var use in row.Uses) Add(refs, use, body, cancellationToken);
        if (row.HasFileLinks) FileLinks.AddTo(refs, body, cancellationToken);
        return refs.Count <= Most
            ? refs
            : throw new ApiException(
                NativeErrors.Invalid("body", $"it names {refs.Count} files, voices and tasks, and may name {Most}: leave some out"));
    }

    private static void Add(List<AssetRef> refs, AssetUse use, ReadOnlySpan<byte> body, CancellationToken cancellationToken)
    {
        var values = JsonValues.FindAnyCase(body, [.. use.Paths], cancellationToken);
        RefuseTwice(values);
        foreach (var value in values)
            if (value.Text(body) is { Length: > 0 } name) refs.Add(new AssetRef(use.Kind, name, value.Bytes, value.Type));
    }

    // What stands in no list stands once: of two an upstream reads one, and nobody knows which.
    private static void RefuseTwice(List<JsonScalar> values)
    {
        if (values.Count < 2) return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, _, _) in values)
            if (!path.Contains('[', StringComparison.Ordinal) && !seen.Add(path))
                throw new ApiException(ApiError.Field(path, DecisiveFields.Once));
    }
}
