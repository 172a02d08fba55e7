using Gateway.Api.Admin;
using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Push;
using Gateway.Api.Surfaces;
using Gateway.Api.Surfaces.Jobs;
using Gateway.Api.Surfaces.MiniMax;
using Gateway.Api.Surfaces.MiniMax.Affinity;
using Gateway.Api.Surfaces.MiniMax.Catalog;
using Gateway.Api.Surfaces.MiniMax.Tasks;
using Gateway.Api.Surfaces.Useapi;
using Gateway.Api.Surfaces.Webhooks;
using Gateway.Silo.Health;

namespace Gateway.Api;

/// <summary>The index of everything HTTP.</summary>
internal static class GatewayApi
{
    public static IServiceCollection AddGatewayApi(this IServiceCollection services)
    {
        services.AddSingleton<Authenticator>().AddSingleton<IdempotentAnswers>();
        services.AddSingleton<JobSubmits>().AddSingleton<JobDryRuns>().AddSingleton<JobExplanations>().AddSingleton<JobActions>().AddSingleton<QueueActions>();
        services.AddSingleton<JobsMapping>().AddSingleton<JobWaiter>().AddSingleton<JobEventStream>();
        services.AddSingleton<AssetFinder>().AddSingleton<FileCopies>().AddSingleton<AssetPlacement>().AddSingleton<MadeAssets>().AddSingleton<KeyedCalls>();
        services.AddSingleton<AccountReads>().AddSingleton<TaskQueries>().AddSingleton<NativeJobs>().AddSingleton<CallbackChallenge>().AddSingleton<ReplyReceivers>().AddSingleton<ModelCatalog>();
        services.AddSingleton<CallSlots>().AddSingleton<CallRelay>().AddSingleton<AccountReader>().AddSingleton<AccountActions>();
        return services.AddOpenApi("v1", OpenApiDocument.Describe);
    }

    public static void MapGateway(this WebApplication app)
    {
        app.UseMiddleware<ErrorBoundary>();
        app.UseRouting();
        app.Use(RequireCaller.CheckAsync);

        app.MapHealth();
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapJobs();
        app.MapWebhooks();
        app.MapMiniMax();
        app.MapUpstreamCallbacks();
        app.MapUseapiAccounts();
        app.MapAdminAccounts();
        app.MapAdminTeams();
        app.MapAdminQueue();
        app.MapAdminJobs();
    }
}
