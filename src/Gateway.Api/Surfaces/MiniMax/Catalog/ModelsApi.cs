using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Upstreams.Platform;

namespace Gateway.Api.Surfaces.MiniMax.Catalog;

/// <summary>The chat models some account can serve, in MiniMax's shape (specs 4.4).</summary>
internal static class ModelsApi
{
    public static async Task<IResult> ListAsync(ModelCatalog catalog, CancellationToken cancellationToken)
    {
        var data = new JsonArray();
        foreach (var model in await catalog.ListAsync(cancellationToken)) data.Add(model.DeepClone());
        return Results.Json(new JsonObject { ["object"] = "list", ["data"] = data });
    }
}

/// <summary>
/// What the upstreams list, kept for a minute. Accounts at one address list the same, so one of each is asked; a model that
/// no account may serve is left out.
/// </summary>
internal sealed class ModelCatalog(RouterGrain router, AccountReads reads, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private IReadOnlyList<JsonObject>? _models;
    private DateTimeOffset _askedAt;

    public async Task<IReadOnlyList<JsonObject>> ListAsync(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (_models is null || time.GetUtcNow() - _askedAt > Kept)
            {
                _models = await AskAsync(cancellationToken);
                _askedAt = time.GetUtcNow();
            }

            return [.. _models.Where(IsServed)];
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private async Task<IReadOnlyList<JsonObject>> AskAsync(CancellationToken cancellationToken)
    {
        var models = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        var any = new Work(JobKind.Chat, Model: null);
        var hosts = router.All().Where(account => router.CouldServe(account.Id, any)).GroupBy(account => account.BaseUrl.Authority, StringComparer.OrdinalIgnoreCase);
        foreach (var host in hosts)
            foreach (var model in await AskAsync(host.First(), cancellationToken)) models.TryAdd((string)model["id"]!, model);
        return [.. models.Values];
    }

    private async Task<List<JsonObject>> AskAsync(AccountState account, CancellationToken cancellationToken)
    {
        var answer = await reads.GetAsync(account.Id, PlatformPaths.Models, cancellationToken);
        if (answer.Error is not null) return [];
        try
        {
            return JsonNode.Parse(answer.Body)?["data"] is JsonArray data
                ? [.. data.OfType<JsonObject>().Where(model => model["id"] is JsonValue id && id.TryGetValue<string>(out _))]
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private bool IsServed(JsonObject model) => router.CanNeverServe(new Work(JobKind.Chat, (string)model["id"]!)) is null;
}
