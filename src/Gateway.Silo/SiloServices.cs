using Gateway.Grains.Hosting;
using Gateway.Silo.Outbound;
using Microsoft.Extensions.Options;

namespace Gateway.Silo;

/// <summary>Registers the worker. The order of the hosted services is the order they start in; they stop in reverse.</summary>
internal static class SiloServices
{
    public static IServiceCollection AddSilo(this IServiceCollection services, GatewayOptions options, IConfiguration configuration)
    {
        services.AddSingleton(Options.Create(configuration.GetSection("Gateway:Follow").Get<FollowOptions>() ?? new FollowOptions()));
        services.AddSingleton(configuration.GetSection("Gateway:Dispatch").Get<DispatchOptions>() ?? new DispatchOptions());
        services.AddSingleton<JobQueue>().AddSingleton<Canceller>().AddSingleton<BulkCancel>().AddSingleton<Redrives>().AddSingleton<QueueLimits>().AddSingleton<QueueOutlook>().AddSingleton<JobAlarm>().AddSingleton<Submitter>().AddSingleton<Follower>();
        services.AddSingleton<LeaseKeeper>().AddSingleton<QueueKeeper>();

        var webhooks = configuration.GetSection("Gateway:Webhooks").Get<WebhookOptions>() ?? new WebhookOptions();
        services.AddSingleton(webhooks).AddSingleton(AddressJudge.From(webhooks.AllowedNetworks));
        services.AddSingleton(provider => new OutboundHttp(provider.GetRequiredService<AddressJudge>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<LinkHttp>();
        services.AddSingleton<OutboxText>().AddSingleton<WebhookText>().AddSingleton<WebhookPost>().AddSingleton<OutboxSender>();

        services.AddHostedService<TurnLoop>();
        services.AddHostedService<Keeper>();
        services.AddHostedService<Caretaker>();
        services.AddHostedService(provider => provider.GetRequiredService<Follower>());
        services.AddHostedService(provider => provider.GetRequiredService<Submitter>());
        services.AddHostedService(provider => provider.GetRequiredService<OutboxSender>());
        services.AddSingleton((configuration.GetSection("Gateway:Retention").Get<RetentionOptions>() ?? new RetentionOptions()).Checked()).AddSingleton<Pruner>();
        services.AddHostedService(provider => provider.GetRequiredService<Pruner>());
        services.AddHostedService<Upkeep>();
        services.AddHostedService(provider => provider.GetRequiredService<JobAlarm>());
        services.AddHostedService<Dispatcher>();
        return services;
    }
}
