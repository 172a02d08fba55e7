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
        services.AddSingleton(options);
        services.AddSingleton(new PublicAddress(options.PublicUrl));
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
        services.AddSingleton(provider => new NodeLife(options.NodeLease, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(_ => new TurnStores(engine.Store.OpenTurnStore(engine.Node), engine.Store.OpenWaitingStore(engine.Node)));
        services.AddSingleton<Homes>();
        services.AddSingleton(RunnerOf);

        services.AddSingleton(provider => PricesOf(provider.GetRequiredService<IUpstreamRegistry>(), options));
        services.AddSingleton(LimitsOf(options));
        services.AddSingleton(provider => PaceOf(provider.GetRequiredService<IUpstreamRegistry>(), options));
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
        services.AddSingleton<RouterGrain>();
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
        services.AddSingleton<IUpstreamRegistry>(provider => new UpstreamRegistry(provider.GetServices<IUpstream>(), options.DisabledDrivers));
        return services;
    }

    private static BatchRunner RunnerOf(IServiceProvider provider)
    {
        var (node, options, time) = (provider.GetRequiredService<NodeIdentity>(), provider.GetRequiredService<BatchOptions>(), provider.GetRequiredService<TimeProvider>());
        return BatchRunner.Over(provider.GetRequiredService<TurnStores>(), node, provider.GetRequiredService<Homes>(), options, time, provider.GetRequiredService<ILogger<BatchRunner>>());
    }

    private static PriceTable PricesOf(IUpstreamRegistry upstreams, GatewayOptions options) => new(
        upstreams.Installed.SelectMany(upstream => upstream.Terms.PricesOf(upstream.Driver)),
        options.Prices);

    private static PaceTable PaceOf(IUpstreamRegistry upstreams, GatewayOptions options)
    {
        var shipped = upstreams.Installed
            .SelectMany(upstream => upstream.Terms.Paces.Select(limit => (Key: PaceTable.Key(upstream.Driver, limit.Family), Limit: limit)))
            .ToDictionary(family => family.Key, family => family.Limit, StringComparer.Ordinal);
        var overrides = new Dictionary<string, PaceLimit>(StringComparer.Ordinal);
        foreach (var (key, pace) in options.Pace)
        {
            if (!shipped.TryGetValue(key, out var limit))
                throw new GatewaySetupException($"Gateway:Pace:{key} names no family; the families are {string.Join(", ", shipped.Keys)}.");
            if (pace.Rpm < 0 || pace.Tpm < 0)
                throw new GatewaySetupException($"Gateway:Pace:{key} must not be negative; 0 is no limit.");
            overrides[key] = limit with { Rpm = pace.Rpm ?? limit.Rpm, Tpm = pace.Tpm ?? limit.Tpm };
        }

        return options.PaceOff ? PaceTable.Off : new PaceTable(upstreams.Installed.Select(upstream => (upstream.Driver, upstream.Terms.Paces)), overrides);
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
