using System.Text.Json;

namespace Gateway.Model.Json;

/// <summary>
/// One walk over a JSON text that enters only what may lead to one of some paths. Names are compared where they stand, so keys and elements
/// by the million cost time in proportion, and no memory.
/// </summary>
/// <param name="json">The text.</param>
/// <param name="paths">The paths.</param>
/// <param name="anyCase">Whether names are read whatever their case.</param>
/// <param name="found">Where what is found is put.</param>
/// <param name="cancellationToken">Ends it.</param>
internal ref struct PathWalk(
    ReadOnlySpan<byte> json, string[] paths, bool anyCase, List<JsonScalar> found, CancellationToken cancellationToken)
{
    /// <summary>As deep as a caller's body may be.</summary>
    public const int MaxDepth = 128;

    /// <summary>The path leads elsewhere.</summary>
    private const int Nowhere = -1;

    private Utf8JsonReader _reader = new(json, new JsonReaderOptions { MaxDepth = MaxDepth });
    private WalkSteps _steps = new(cancellationToken);

    /// <exception cref="JsonException">It is no JSON.</exception>
    public void Run()
    {
        Span<int> at = stackalloc int[paths.Length];
        if (_reader.Read()) Walk(at);
    }

    // at: where in each path its next step begins; its length where it has been followed to its end.
    private void Walk(scoped ReadOnlySpan<int> at)
    {
        Span<int> next = stackalloc int[paths.Length];
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
                {
                    var leads = StepInto(at, next);
                    _reader.Read();
                    Enter(leads, next);
                }

                break;
            case JsonTokenType.StartArray:
                var anyElement = StepIntoElements(at, next);
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray) Enter(anyElement, next);
                break;
            default:
                for (var path = 0; path < paths.Length; path++)
                {
                    if (at[path] != paths[path].Length) continue;
                    found.Add(new JsonScalar(paths[path], _reader.TokenType, (int)_reader.TokenStartIndex..(int)_reader.BytesConsumed));
                    break;
                }

                break;
        }
    }

    // What leads nowhere is skipped: a picture of megabytes costs one pass and no memory.
    private void Enter(bool leads, scoped ReadOnlySpan<int> at)
    {
        _steps.Take();
        if (leads) Walk(at);
        else _reader.Skip();
    }

    private bool StepInto(scoped ReadOnlySpan<int> at, scoped Span<int> next)
    {
        var leads = false;
        for (var path = 0; path < paths.Length; path++)
        {
            next[path] = Nowhere;
            if (at[path] == Nowhere || at[path] == paths[path].Length) continue;
            var name = NameAt(paths[path], at[path]);
            if (name.IsEmpty || !Reads(name)) continue;
            next[path] = After(paths[path], at[path] + name.Length);
            leads = true;
        }

        return leads;
    }

    private readonly bool StepIntoElements(scoped ReadOnlySpan<int> at, scoped Span<int> next)
    {
        var leads = false;
        for (var path = 0; path < paths.Length; path++)
        {
            next[path] = Nowhere;
            if (at[path] == Nowhere || !paths[path].AsSpan(at[path]).StartsWith("[]")) continue;
            next[path] = After(paths[path], at[path] + 2);
            leads = true;
        }

        return leads;
    }

    private bool Reads(ReadOnlySpan<char> name) => anyCase ? FoldedName.Is(in _reader, name) : _reader.ValueTextEquals(name);

    private static ReadOnlySpan<char> NameAt(string path, int at)
    {
        var rest = path.AsSpan(at);
        return rest.IndexOfAny('.', '[') is var end and >= 0 ? rest[..end] : rest;
    }

    private static int After(string path, int at) => at < path.Length && path[at] == '.' ? at + 1 : at;
}
