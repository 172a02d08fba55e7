namespace Gateway.Api.Http;

/// <summary>Whose dialect a path is answered in when no route of ours takes it: a wrong method, or a path not built.</summary>
/// <param name="surfaces">The prefixes of the surfaces that have a dialect of their own, the first that fits counts.</param>
internal sealed class UnmatchedRoutes(IReadOnlyList<(PathString Prefix, Dialect Dialect)> surfaces)
{
    public Dialect DialectOf(PathString path)
    {
        foreach (var (prefix, dialect) in surfaces)
            if (path.StartsWithSegments(prefix)) return dialect;
        return ProblemDialect.Instance;
    }
}
