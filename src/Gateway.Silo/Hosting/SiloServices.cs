using Gateway.Engine.Bodies;
using Gateway.Engine.Storage;
using Gateway.Grains.Options;
using Gateway.Silo.Chores;
using Gateway.Silo.Content;
using Gateway.Silo.Hosting.Settings;
using Gateway.Silo.Notices;
using Gateway.Silo.Outbound;
using Gateway.Silo.Polling;
using Gateway.Silo.Queueing;
using Gateway.Silo.Reads;
using Microsoft.Extensions.Options;

namespace Gateway.Silo.Hosting;

/// <summary>Registers the worker. The order of the hosted services is the order they start in; they stop in reverse.</summary>
internal static class SiloServices
{
    public static IServiceCollection AddSilo(this IServiceCollection services, GatewaySettings settings)
    {
        services.AddSingleton(Options.Create(settings.Follow));
        services.AddSingleton(settings.Dispatch).AddSingleton(new BodyBudget(settings.Gateway.Bodies));
        services.AddSingleton<JobQueue>().AddSingleton<Canceller>().AddSingleton<BulkCancel>().AddSingleton<Redrives>().AddSingleton<QueueLimits>().AddSingleton<QueuePosition>().AddSingleton<WaitReasons>().AddSingleton<JobTimer>().AddSingleton<StreamRecorder>().AddSingleton<Submitter>().AddSingleton<TaskPoller>();
        services.AddSingleton<HealthWatch>().AddSingleton<Membership>().AddSingleton<Rescuer>().AddSingleton<BodySweeper>();

        services.AddSingleton(settings.Webhooks).AddSingleton(AddressJudge.From(settings.Webhooks.AllowedNetworks));
        services.AddSingleton(provider => new OutboundHttp(provider.GetRequiredService<AddressJudge>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<LinkHttp>();
        services.AddSingleton<AccountReads>().AddSingleton<FreshAnswers>().AddSingleton<FreshLinks>().AddSingleton<JobAssets>();
        AddResults(services, settings.Gateway.Results);
        services.AddSingleton<OutboxText>().AddSingleton<WebhookText>().AddSingleton<WebhookPost>().AddSingleton<OutboxSender>();

        services.AddSingleton<CommitLog>().AddSingleton<NoticeSender>().AddSingleton<StoreWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<NoticeSender>());
        services.AddHostedService<TurnLoop>();
        services.AddHostedService(provider => provider.GetRequiredService<StoreWatch>());
        services.AddHostedService<NoticeListener>();
        services.AddHostedService<Heartbeat>();
        services.AddHostedService<RescueLoop>();
        services.AddHostedService(provider => provider.GetRequiredService<TaskPoller>());
        services.AddHostedService(provider => provider.GetRequiredService<Submitter>());
        services.AddHostedService(provider => provider.GetRequiredService<OutboxSender>());
        services.AddHostedService(provider => provider.GetRequiredService<ResultCopier>());
        services.AddSingleton(settings.Retention).AddSingleton<Pruner>();
        services.AddHostedService(provider => provider.GetRequiredService<Pruner>());
        services.AddHostedService<Upkeep>();
        services.AddHostedService<Prober>();
        services.AddHostedService<HeapTrimmer>();
        services.AddHostedService(provider => provider.GetRequiredService<JobTimer>());
        services.AddHostedService<Dispatcher>();
        return services;
    }

    private static void AddResults(IServiceCollection services, ResultOptions options)
    {
        var directory = ResultDirectory.Open(options);
        services.AddSingleton(provider => new ResultCopies(directory, provider.GetRequiredService<IResultStore>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(options).AddSingleton<ResultRoom>().AddSingleton<AssetCopier>().AddSingleton<ResultCopier>();
    }
}
