using Gateway.Engine.Turns;
using Gateway.Grains.Security;

namespace Gateway.Silo.Health;

/// <summary>Probes and metrics, the same on API nodes and workers.</summary>
internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/livez", Live).WithName("Live").WithTags("Health");
        routes.MapGet("/readyz", Ready).WithName("Ready").WithTags("Health");
        routes.MapGet("/metrics", MetricsAsync).WithName("Metrics").WithTags("Health");
    }

    /// <summary>The process answers. A lost database is no reason to restart it.</summary>
    private static IResult Live() => Results.Text("ok\n");

    /// <summary>Work can be taken: the database took the last batch and this node can prove that it is alive.</summary>
    private static IResult Ready(BatchRunner runner, NodeLife life, IHostApplicationLifetime host) =>
        host.ApplicationStopping.IsCancellationRequested ? NotReady("stopping")
        : !runner.IsStoreReachable ? NotReady("the database cannot be reached")
        : !life.IsProven ? NotReady("the heartbeat is too old")
        : Results.Text("ok\n");

    private static IResult NotReady(string why) => Results.Text($"not ready: {why}\n", statusCode: StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> MetricsAsync(
        HttpContext context, MetricsPage page, AdminToken admin, MetricsOptions options, CancellationToken cancellationToken) =>
        IsOpenTo(context, options) || HasAdminToken(context.Request, admin)
            ? Results.Text(await page.RenderAsync(cancellationToken), PrometheusText.ContentType)
            : Unauthorized(context);

    private static IResult Unauthorized(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Results.Text(
            "metrics need the admin token, or a scrape from this machine by a loopback name and through no proxy; Gateway:MetricsUrl " +
                "gives them a port of their own\n",
            statusCode: StatusCodes.Status401Unauthorized);
    }

    private static bool IsOpenTo(HttpContext context, MetricsOptions options) =>
        context.IsNear || (options.MetricsUrl is { Length: > 0 } url && context.Connection.LocalPort == BindingAddress.Parse(url).Port);

    private static bool HasAdminToken(HttpRequest request, AdminToken admin) =>
        request.Headers.Authorization.ToString() is var header
            && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            && admin.Matches(header[7..].Trim());
}
