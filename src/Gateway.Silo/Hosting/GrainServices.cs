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
using Gateway.Grains.Options;
using Gateway.Grains.Routing;
using Gateway.Grains.Teams;
using Gateway.Model.Accounts;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;
using Gateway.Upstreams.MiniMax;
using Gateway.Upstreams.MiniMax.Requests;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Silo.Hosting;

/// <summary>Registers the domain.</summary>
internal static class GrainServices
{
    public static IServiceCollection AddGrains(this IServiceCollection services, GatewayEngine engine, GatewayOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IRandom, SystemRandom>();
        services.AddSingleton(options).AddSingleton(new PublicAddress(options.PublicUrl));
        services.AddSingleton(engine.Store).AddSingleton(engine.Store.Queries).AddSingleton(engine.Store.Bodies).AddSingleton(engine.Store.Streams).AddSingleton(engine.Store.Nodes).AddSingleton(engine.Store.Assets).AddSingleton(engine.Store.Outbox).AddSingleton(engine.Store.Webhooks).AddSingleton(engine.Store.Feed).AddSingleton(engine.Store.Retention).AddSingleton(engine.Store.Upkeep).AddSingleton(engine.Store.Notices).AddSingleton(engine.Store.Results).AddSingleton(engine.Store.Tokens);
        services.AddSingleton(engine.Keys).AddSingleton(engine.Node).AddSingleton(engine.Clock);

        services.AddSingleton(new BatchOptions());
        services.AddSingleton(provider => new NodeLife(options.NodeLease, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(_ => new TurnStores(engine.Store.OpenTurnStore(engine.Node), engine.Store.OpenWaitingStore(engine.Node))).AddSingleton<Homes>().AddSingleton(RunnerOf);

        services.AddSingleton(new PriceTable(options.Prices)).AddSingleton(LimitsOf(options)).AddSingleton(PaceOf(options));
        services.AddSingleton<Credentials>().AddSingleton<AccountGrain>().AddSingleton<JobGrain>().AddSingleton<TeamGrain>().AddSingleton<TeamLimitsView>().AddSingleton<TeamStandingsReader>().AddSingleton<AssetGrain>();
        services.AddSingleton(provider => new JobIdSource(provider.GetRequiredService<TimeProvider>(), engine.Node));
        services.AddSingleton<JobNotifier>().AddSingleton<StreamNotifier>().AddSingleton<LiveOperations>().AddSingleton<SlotNotifier>().AddSingleton<OverloadBreakers>().AddSingleton<RetryPause>().AddSingleton<RouterGrain>().AddSingleton<CallAdmission>();
        services.AddSingleton<Backlog>().AddSingleton<ServiceTimes>().AddSingleton<QueueOrder>().AddSingleton<QueuePauses>().AddSingleton<QueueHolds>();

        services.AddSingleton<JobViews>().AddSingleton<WebhookSecrets>();
        services.AddSingleton<UpstreamHttp>().AddSingleton<UnknownAnswers>().AddSingleton<ExcessReports>().AddSingleton<UpstreamCallbacks>().AddSingleton<PlatformDriver>().AddSingleton<PlatformCalls>().AddSingleton<PlatformReads>();
        services.AddSingleton<IUpstreamRegistry>(provider => new UpstreamRegistry(
            new IUpstream[] { provider.GetRequiredService<PlatformDriver>() }.Where(upstream => !options.DisabledDrivers.Contains(upstream.Driver))));
        return services;
    }

    private static BatchRunner RunnerOf(IServiceProvider provider)
    {
        var (node, options, time) = (provider.GetRequiredService<NodeIdentity>(), provider.GetRequiredService<BatchOptions>(), provider.GetRequiredService<TimeProvider>());
        return BatchRunner.Over(provider.GetRequiredService<TurnStores>(), node, provider.GetRequiredService<Homes>(), options, time, provider.GetRequiredService<ILogger<BatchRunner>>());
    }

    private static PaceTable PaceOf(GatewayOptions options)
    {
        var shipped = PaceTable.Families.ToDictionary(family => family.Key, family => family.Shipped, StringComparer.Ordinal);
        var overrides = new Dictionary<string, PaceLimit>(StringComparer.Ordinal);
        foreach (var (key, pace) in options.Pace)
        {
            if (!shipped.TryGetValue(key, out var limit))
                throw new GatewaySetupException($"Gateway:Pace:{key} names no family; the families are {string.Join(", ", shipped.Keys)}.");
            if (pace.Rpm < 0 || pace.Tpm < 0)
                throw new GatewaySetupException($"Gateway:Pace:{key} must not be negative; 0 is no limit.");
            overrides[key] = limit with { Rpm = pace.Rpm ?? limit.Rpm, Tpm = pace.Tpm ?? limit.Tpm };
        }

        return options.PaceOff ? PaceTable.Off : new PaceTable(overrides);
    }

    private static KindLimits LimitsOf(GatewayOptions options)
    {
        var overrides = new Dictionary<JobKind, KindLimit>();
        foreach (var (name, limit) in options.Limits)
        {
            if (!JobNames.TryParseKind(name, out var kind))
                throw new GatewaySetupException($"Gateway:Limits:{name} names no kind; the kinds are {string.Join(", ", JobNames.AllKinds)}.");
            var shipped = KindLimits.Default[kind];
            overrides[kind] = new KindLimit(limit.LongestRun ?? shipped.LongestRun, limit.ExpectedRun ?? shipped.ExpectedRun) { FirstByte = limit.FirstByte, Idle = limit.Idle };
        }

        return new KindLimits(overrides);
    }
}
