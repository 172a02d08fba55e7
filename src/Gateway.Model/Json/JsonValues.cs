using System.Text.Json;

namespace Gateway.Model.Json;

/// <summary>Finds single values in JSON that otherwise stays the bytes it came as: one pass, no tree, no re-serialisation.</summary>
internal static class JsonValues
{
    /// <summary>The scalars at these paths, in their order. Empty for what is no JSON.</summary>
    public static List<JsonScalar> Find(ReadOnlySpan<byte> json, params string[] paths) =>
        Find(json, anyCase: false, paths, CancellationToken.None);

    /// <summary>
    /// The scalars at these paths, whatever the case of their names: what must not reach a lenient reader under one spelling must not under
    /// any.
    /// </summary>
    public static List<JsonScalar> FindAnyCase(ReadOnlySpan<byte> json, string[] paths, CancellationToken cancellationToken = default) =>
        Find(json, anyCase: true, paths, cancellationToken);

    /// <summary>The first value at the path, as text; null when there is none.</summary>
    public static string? Text(ReadOnlySpan<byte> json, string path) =>
        Find(json, path) is [var value, ..] ? value.Text(json) : null;

    /// <summary>The name a property reads as: escapes hide nothing. Half a surrogate pair is no name of ours.</summary>
    public static string NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "\ufffd";
        }
    }

    private static List<JsonScalar> Find(ReadOnlySpan<byte> json, bool anyCase, string[] paths, CancellationToken cancellationToken)
    {
        List<JsonScalar> found = [];
        try
        {
            var walk = new PathWalk(json, paths, anyCase, found, cancellationToken);
            walk.Run();
        }
        catch (JsonException)
        {
            found.Clear();
        }

        return found;
    }
}
