using Gateway.Model.Ids;
using Gateway.Model.Webhooks;

namespace Gateway.Engine.Storage;

/// <summary>What webhooks need to remember: secrets, endpoints that are gone, and the log of deliveries.</summary>
internal interface IWebhookStore
{
    Task<SealedSecrets?> SecretsAsync(TeamId team, CancellationToken cancellationToken);

    /// <summary>Writes the secret of a team that has none; answers what is there then.</summary>
    Task<SealedSecrets> SettleSecretAsync(TeamId team, string sealedSecret, CancellationToken cancellationToken);

    /// <summary>Replaces a team's secrets, unless somebody did so meanwhile.</summary>
    Task ReplaceSecretsAsync(TeamId team, string expected, SealedSecrets secrets, CancellationToken cancellationToken);

    /// <summary>Whether this receiver said that it is gone.</summary>
    Task<bool> IsDisabledAsync(TeamId team, string url, CancellationToken cancellationToken);

    Task DisableAsync(TeamId team, string url, DateTimeOffset now, CancellationToken cancellationToken);

    Task EnableAsync(TeamId team, string url, CancellationToken cancellationToken);

    /// <summary>Writes a line of the log over the message's last one.</summary>
    Task LogAsync(WebhookDelivery delivery, CancellationToken cancellationToken);

    Task<WebhookDelivery?> DeliveryAsync(DeliveryId id, CancellationToken cancellationToken);

    /// <summary>The log, newest jobs first.</summary>
    /// <param name="team">Of this team; null for all (admins).</param>
    /// <param name="job">Of this job alone.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(TeamId? team, JobId? job, int limit, CancellationToken cancellationToken);
}
