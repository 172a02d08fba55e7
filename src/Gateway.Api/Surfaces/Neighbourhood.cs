using Gateway.Api.Http;
using Gateway.Api.Surfaces.MiniMax;
using Gateway.Api.Surfaces.Useapi;

namespace Gateway.Api.Surfaces;

/// <summary>Whose dialect a path is answered in when no route of ours takes it: a wrong method, or a path not built.</summary>
internal static class Neighbourhood
{
    private static readonly (PathString Prefix, Dialect Dialect)[] Surfaces =
    [
        ("/v1/minimax", UseapiDialect.Instance),
        .. NativeEndpoints.All.Select(endpoint => new PathString(endpoint.Path.Split("/{")[0])).Select(path => (path, MiniMaxApi.DialectOf(path))),
    ];

    public static Dialect Of(PathString path)
    {
        foreach (var (prefix, dialect) in Surfaces)
            if (path.StartsWithSegments(prefix)) return dialect;
        return ProblemDialect.Instance;
    }
}
