using Gateway.Engine.Bodies;
using Gateway.Engine.Storage;
using Gateway.Silo.Chores;
using Gateway.Silo.Content;
using Gateway.Silo.Health;
using Gateway.Silo.Hosting.Settings;
using Gateway.Silo.Notices;
using Gateway.Silo.Outbound;
using Gateway.Silo.Polling;
using Gateway.Silo.Queueing;
using Gateway.Silo.Reads;

namespace Gateway.Silo.Hosting;

/// <summary>Registers the worker. The order of the hosted services is the order they start in; they stop in reverse.</summary>
internal static class SiloServices
{
    /// <summary>Each feature's options, for its classes alone.</summary>
    public static IServiceCollection AddSettings(this IServiceCollection services, GatewaySettings settings)
    {
        foreach (var (type, options) in settings.All) services.AddSingleton(type, options);
        return services;
    }

    public static IServiceCollection AddSilo(this IServiceCollection services, GatewaySettings settings)
    {
        services.AddSingleton<BodyBudget>();
        services.AddSingleton<JobAdmission>();
        services.AddSingleton<JobQueue>();
        services.AddSingleton<WaitingLanes>();
        services.AddSingleton<DispatchPass>();
        services.AddSingleton<Canceller>();
        services.AddSingleton<BulkCancel>();
        services.AddSingleton<Redrives>();
        services.AddSingleton<QueueLimits>();
        services.AddSingleton<QueuePosition>();
        services.AddSingleton<WaitReasons>();
        services.AddSingleton<JobTimer>();
        services.AddSingleton<StreamGrowth>();
        services.AddSingleton<StreamRecorder>();
        services.AddSingleton<AttemptSender>();
        services.AddSingleton<RepeatingSender>();
        services.AddSingleton<AttemptOutcomes>();
        services.AddSingleton<Submitter>();
        services.AddSingleton<TaskQuestions>();
        services.AddSingleton<PollOutcomes>();
        services.AddSingleton<TaskPoller>();
        services.AddSingleton<HealthWatch>();
        services.AddSingleton<AccountMetrics>();
        services.AddSingleton<WorkMetrics>();
        services.AddSingleton<RunnerMetrics>();
        services.AddSingleton<RoomMetrics>();
        services.AddSingleton<UntoldCommits>();
        services.AddSingleton<Membership>();
        services.AddSingleton<LeaseRescue>();
        services.AddSingleton<Rescuer>();
        services.AddSingleton<BodySweeper>();

        services.AddSingleton(AddressJudge.From(settings.Get<WebhookOptions>().AllowedNetworks));
        services.AddSingleton(
            provider => new OutboundHttp(provider.GetRequiredService<AddressJudge>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<LinkHttp>();
        services.AddSingleton<AccountReads>();
        services.AddSingleton<FreshAnswers>();
        services.AddSingleton<FreshLinks>();
        services.AddSingleton<JobAssets>();
        AddResults(services, settings.Get<ResultOptions>());
        services.AddSingleton<OutboxText>();
        services.AddSingleton<WebhookText>();
        services.AddSingleton<WebhookPost>();
        services.AddSingleton<OutboxSender>();

        services.AddSingleton<CommitLog>();
        services.AddSingleton<NoticeSender>();
        services.AddSingleton<HeardNotices>();
        services.AddSingleton<ChangedViews>();
        services.AddSingleton<StoreWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<NoticeSender>());
        services.AddSingleton<AfterCommit>();
        services.AddSingleton<NodeViews>();
        services.AddSingleton<NodeDeath>();
        services.AddHostedService<TurnLoop>();
        services.AddHostedService(provider => provider.GetRequiredService<StoreWatch>());
        services.AddHostedService<NoticeListener>();
        services.AddHostedService<Heartbeat>();
        services.AddHostedService<RescueLoop>();
        services.AddHostedService(provider => provider.GetRequiredService<TaskPoller>());
        services.AddHostedService(provider => provider.GetRequiredService<Submitter>());
        services.AddHostedService(provider => provider.GetRequiredService<OutboxSender>());
        services.AddHostedService(provider => provider.GetRequiredService<ResultCopier>());
        services.AddSingleton<Pruner>();
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
        services.AddSingleton(
            provider =>
                new ResultCopies(directory, provider.GetRequiredService<IResultStore>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ResultRoom>();
        services.AddSingleton<AssetCopier>();
        services.AddSingleton<ResultCopier>();
    }
}
