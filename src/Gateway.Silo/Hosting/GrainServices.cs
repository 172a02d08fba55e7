using Gateway.Engine;
using Gateway.Engine.Jobs;
using Gateway.Engine.Notifiers;
using Gateway.Engine.Security;
using Gateway.Engine.Storage;
using Gateway.Engine.Teams;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Accounts;
using Gateway.Grains.Assets;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Teams;
using Gateway.Model.Accounts;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;
using Gateway.Silo.Content;
using Gateway.Silo.Hosting.Settings;
using Gateway.Upstreams.MiniMax;
using Gateway.Upstreams.MiniMax.Requests;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Silo.Hosting;

/// <summary>Registers the domain.</summary>
internal static class GrainServices
{
    public static IServiceCollection AddGrains(this IServiceCollection services, GatewayEngine engine, GatewaySettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IRandom, SystemRandom>();
        services.AddSingleton(new PublicAddress(settings.Get<PublicAddressOptions>().PublicUrl));
        services.AddSingleton(engine.Store);
        services.AddSingleton(engine.Store.Queries);
        services.AddSingleton(engine.Store.Bodies);
        services.AddSingleton(engine.Store.Streams);
        services.AddSingleton(engine.Store.Nodes);
        services.AddSingleton(engine.Store.Assets);
        services.AddSingleton(engine.Store.Outbox);
        services.AddSingleton(engine.Store.Webhooks);
        services.AddSingleton(engine.Store.Feed);
        services.AddSingleton(engine.Store.Retention);
        services.AddSingleton(engine.Store.Upkeep);
        services.AddSingleton(engine.Store.Notices);
        services.AddSingleton(engine.Store.Results);
        services.AddSingleton(engine.Store.Tokens);
        services.AddSingleton(engine.Keys);
        services.AddSingleton(engine.Node);
        services.AddSingleton(engine.Clock);

        services.AddSingleton(new BatchOptions());
        services.AddSingleton(
            provider => new NodeLife(settings.Get<NodeLeaseOptions>().NodeLease, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(_ => new TurnStores(engine.Store.OpenTurnStore(engine.Node), engine.Store.OpenWaitingStore(engine.Node)));
        services.AddSingleton<Homes>();
        services.AddSingleton(RunnerOf);

        services.AddSingleton(provider => PricesOf(provider.GetRequiredService<IUpstreamRegistry>(), settings.Get<PriceOptions>()));
        services.AddSingleton(settings.Get<KindLimitOptions>().ToLimits());
        services.AddSingleton(provider => PaceOf(provider.GetRequiredService<IUpstreamRegistry>(), settings.Get<PaceOptions>()));
        services.AddSingleton(RulesOf(settings));
        services.AddSingleton<Credentials>();
        services.AddSingleton<AccountGrain>();
        services.AddSingleton<JobGrain>();
        services.AddSingleton<TeamGrain>();
        services.AddSingleton<TeamLimitsView>();
        services.AddSingleton<TeamStandingsReader>();
        services.AddSingleton<AssetGrain>();
        services.AddSingleton(provider => new JobIdSource(provider.GetRequiredService<TimeProvider>(), engine.Node));
        services.AddSingleton<JobNotifier>();
        services.AddSingleton<StreamNotifier>();
        services.AddSingleton<LiveOperations>();
        services.AddSingleton<SlotNotifier>();
        services.AddSingleton<OverloadBreakers>();
        services.AddSingleton<RetryPause>();
        services.AddSingleton<StoredAccounts>();
        services.AddSingleton<WorkTerms>();
        services.AddSingleton<TeamShares>();
        services.AddSingleton<RouterGrain>();
        services.AddSingleton<WaitingPlaces>();
        services.AddSingleton<CallAdmission>();
        services.AddSingleton<Backlog>();
        services.AddSingleton<ServiceTimes>();
        services.AddSingleton<QueueOrder>();
        services.AddSingleton<QueuePauses>();
        services.AddSingleton<QueueHolds>();

        services.AddSingleton<JobViews>();
        services.AddSingleton<WebhookSecrets>();
        services.AddSingleton<UpstreamHttp>();
        services.AddSingleton<UnknownAnswers>();
        services.AddSingleton<ExcessReports>();
        services.AddSingleton<UpstreamCallbacks>();
        services.AddSingleton<PlatformCalls>();
        services.AddSingleton<PlatformReads>();
        services.AddSingleton<IUpstream, PlatformDriver>();
        services.AddSingleton<IUpstreamRegistry>(
            provider => new UpstreamRegistry(provider.GetServices<IUpstream>(), settings.Get<DriverOptions>().DisabledDrivers));
        return services;
    }

    private static BatchRunner RunnerOf(IServiceProvider provider)
    {
        var (node, options, time) = (
            provider.GetRequiredService<NodeIdentity>(), provider.GetRequiredService<BatchOptions>(),
            provider.GetRequiredService<TimeProvider>());
        return BatchRunner.Over(
            provider.GetRequiredService<TurnStores>(), node, provider.GetRequiredService<Homes>(), options, time,
            provider.GetRequiredService<ILogger<BatchRunner>>());
    }

    private static PriceTable PricesOf(IUpstreamRegistry upstreams, PriceOptions options) =>
        new(upstreams.Installed.SelectMany(upstream => upstream.Terms.PricesOf(upstream.Driver)), options.Prices);

    private static PaceTable PaceOf(IUpstreamRegistry upstreams, PaceOptions options)
    {
        var shipped = upstreams.Installed.Select(upstream => (upstream.Driver, upstream.Terms.Paces)).ToList();
        return options.WhyNot(shipped) is { } rule ? throw new GatewaySetupException(rule) : options.ToTable(shipped);
    }

    private static JobRules RulesOf(GatewaySettings settings)
    {
        var queue = settings.Get<QueueOptions>();
        return new JobRules(
            settings.Get<JobOptions>().MaxQueueAge, new RetryPolicy(queue.RetryBackOff, queue.MaxRetryBackOff),
            settings.Get<ResultOptions>().IsOn);
    }
}
