using Gateway.Api.Admin;
using Gateway.Api.Assets;
using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Calls;
using Gateway.Api.Http;
using Gateway.Api.Push;
using Gateway.Api.Push.Sockets;
using Gateway.Api.Submitting;
using Gateway.Api.Surfaces.Jobs;
using Gateway.Api.Surfaces.Jobs.Content;
using Gateway.Api.Surfaces.MiniMax;
using Gateway.Api.Surfaces.MiniMax.Catalog;
using Gateway.Api.Surfaces.MiniMax.Tasks;
using Gateway.Api.Surfaces.Useapi;
using Gateway.Api.Surfaces.Webhooks;
using Gateway.Api.Views;
using Gateway.Model;
using Gateway.Model.Accounts;
using Gateway.Silo.Health;

namespace Gateway.Api;

/// <summary>The index of everything HTTP.</summary>
internal static class GatewayApi
{
    // A client that answers no ping for as long is gone.
    private static readonly TimeSpan SocketPing = TimeSpan.FromSeconds(15);

    // The older prefix first: MiniMax's own paths are single ones.
    private static IReadOnlyList<(PathString Prefix, Dialect Dialect)> DialectsOfSurfaces =>
    [
        ("/v1/minimax", UseapiDialect.Instance),
        .. NativeEndpoints.All.Select(
            endpoint => new PathString(endpoint.Path.Split("/{")[0])).Select(path => (path, MiniMaxApi.DialectOf(path))),
    ];

    public static IServiceCollection AddGatewayApi(this IServiceCollection services)
    {
        services.AddSingleton<IHttpContextFactory, RequestIds>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Encoder = OwnJson.Encoder);
        services.AddSingleton<Failures>();
        services.AddSingleton(new UnmatchedRoutes(DialectsOfSurfaces));
        services.AddSingleton<Authenticator>();
        services.AddSingleton<DrainLanes>();
        services.AddSingleton<OpenAnswers>();
        services.AddHostedService(services => services.GetRequiredService<OpenAnswers>());
        services.AddSingleton<TeamRates>();
        services.AddSingleton<IdempotentAnswers>();
        services.AddSingleton<JobSubmits>();
        services.AddSingleton<JobDryRuns>();
        services.AddSingleton<JobExplanations>();
        services.AddSingleton<JobActions>();
        services.AddSingleton<QueueActions>();
        services.AddSingleton<JobsMapping>();
        services.AddSingleton<JobContent>();
        services.AddSingleton<JobWaiter>();
        services.AddSingleton<ReadLanes>();
        services.AddSingleton<JobEvents>();
        services.AddSingleton<JobEventStream>();
        services.AddSingleton<JobStream>();
        services.AddSingleton<FeedStream>();
        services.AddSingleton<FollowRoom>();
        services.AddSingleton<SocketServices>();
        services.AddSingleton<AssetFinder>();
        services.AddSingleton<FileCopies>();
        services.AddSingleton<AssetPlacement>();
        services.AddSingleton<MadeAssets>();
        services.AddSingleton<CallJobs>();
        services.AddSingleton<KeyedCalls>();
        services.AddSingleton<KeyedStreams>();
        services.AddSingleton<TaskQueries>();
        services.AddSingleton<JobPath>();
        services.AddSingleton<CallbackChallenge>();
        services.AddSingleton<ReplyReceivers>();
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<CallSlots>();
        services.AddSingleton<CallRelay>();
        services.AddSingleton<CallPath>();
        services.AddSingleton<AccountReader>();
        services.AddSingleton<KeyCheck>();
        services.AddSingleton<AccountSaves>();
        services.AddSingleton<AccountViews>();
        services.AddSingleton<AccountActions>();
        services.AddSingleton<RenderedOpenApi>();
        return services.AddOpenApi(OpenApiDocument.Name, OpenApiDocument.Describe);
    }

    /// <exception cref="Engine.Storage.GatewaySetupException">A setting names what no driver has.</exception>
    public static void MapGateway(this WebApplication app)
    {
        // Families of paces are the drivers' to know: what the operator wrote about them is judged here, before anything has begun.
        _ = app.Services.GetRequiredService<PaceTable>();

        app.UseMiddleware<UnreadBodies>();
        app.UseMiddleware<ErrorBoundary>();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = SocketPing, KeepAliveTimeout = SocketPing });
        app.Use(SingleSlashes.CollapseAsync);
        app.UseRouting();
        app.Use(RequireCaller.CheckAsync);
        app.Use(KnownQuery.CheckAsync);

        app.MapHealth();
        app.MapOpenApiDocument();
        app.MapJobs();
        app.MapWebhooks();
        FeedStream.Map(app);
        app.MapSockets();
        app.MapMiniMax();
        app.MapUpstreamCallbacks();
        app.MapUseapiAccounts();
        app.MapAdminAccounts();
        app.MapAdminTeams();
        app.MapAdminTokens();
        app.MapAdminQueue();
        app.MapAdminJobs();
    }
}
