using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Api.Http;

/// <summary>
/// Gives each request its id: the caller's own where it is sane, else one of ours. It is given while the request is made, before
/// the server opens the log scope that names it: so each log line of the request carries it, and no scope of our own is needed.
/// </summary>
internal sealed class RequestIds(IServiceProvider services) : IHttpContextFactory
{
    public const string Header = "X-Request-Id";

    /// <summary>Longer ids would fill logs, not tell more.</summary>
    public const int MaxLength = 128;

    private readonly DefaultHttpContextFactory _contexts = new(services);

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        var context = _contexts.Create(featureCollection);
        context.TraceIdentifier = Choose(context.Request.Headers[Header].ToString());
        Tell(context);
        return context;
    }

    public void Dispose(HttpContext httpContext) => _contexts.Dispose(httpContext);

    /// <summary>Puts the id on the answer; again where its headers were cleared.</summary>
    public static void Tell(HttpContext context) => context.Response.Headers[Header] = context.TraceIdentifier;

    /// <summary>
    /// The caller's id, or a fresh one where it has none that may stand in a header and a log line. Two of them are joined by a comma, and
    /// so are none.
    /// </summary>
    public static string Choose(string asked) =>
        asked.Length is > 0 and <= MaxLength && !asked.AsSpan().ContainsAnyExcept(Sane) ? asked : Guid.NewGuid().ToString("N");

    private static readonly System.Buffers.SearchValues<char> Sane =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");
}
