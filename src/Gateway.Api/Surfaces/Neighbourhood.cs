using Gateway.Api.Http;
using Gateway.Api.Surfaces.MiniMax;
using Gateway.Api.Surfaces.Useapi;
using Gateway.Grains.Upstreams.Platform;

namespace Gateway.Api.Surfaces;

/// <summary>Whose dialect a path is answered in when no route of ours takes it: a wrong method, or a path not built.</summary>
internal static class Neighbourhood
{
    private static readonly (PathString Prefix, Dialect Dialect)[] Surfaces =
    [
        ("/v1/minimax", UseapiDialect.Instance),
        .. NativeCalls.All.Select(call => (new PathString(call.Path), (Dialect)MiniMaxDialect.Instance)),
        (PlatformPaths.VideoGeneration, MiniMaxDialect.Instance),
        (PlatformPaths.QueryVideo, MiniMaxDialect.Instance),
        (PlatformPaths.RetrieveFile, MiniMaxDialect.Instance),
    ];

    public static Dialect Of(PathString path)
    {
        foreach (var (prefix, dialect) in Surfaces)
            if (path.StartsWithSegments(prefix)) return dialect;
        return ProblemDialect.Instance;
    }
}
