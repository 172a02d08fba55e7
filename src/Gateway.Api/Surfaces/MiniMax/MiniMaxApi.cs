using Gateway.Api.Auth;
using Gateway.Api.Surfaces.MiniMax.Answers;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>MiniMax's own API on MiniMax's own paths; what there is stands in <see cref="NativeEndpoints"/>.</summary>
internal static class MiniMaxApi
{
    public static void MapMiniMax(this IEndpointRouteBuilder routes)
    {
        foreach (var endpoint in NativeEndpoints.All)
#pragma warning disable RDG002 // from a table: bound at run time
            routes.MapMethods(endpoint.Path, [endpoint.Method], endpoint.Handler)
                .WithName(endpoint.Name)
                .ForCallers(DialectOf(endpoint.Path))
                .WithTags("MiniMax");
#pragma warning restore RDG002
    }

    /// <summary>The second API speaks in another shape (docs/minimax.md, "Errors").</summary>
    public static Http.Dialect DialectOf(PathString path) =>
        path.StartsWithSegments("/v2") ? MiniMaxV2Dialect.Instance : MiniMaxDialect.Instance;
}
