using System.Text.Json.Nodes;
using Gateway.Api.Http;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Upstreams.Platform;
using Gateway.Silo;

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
/// What the upstreams list, kept for a minute. Accounts at one address list the same, so one of each is asked, another only
/// where the first gives no answer; a model that no account may serve is left out.
/// </summary>
internal sealed class ModelCatalog(RouterGrain router, AccountReads reads, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    /// <summary>Accounts of one address asked in a row: where three fail, the address does.</summary>
    private const int MostAsked = 3;

    private static readonly Work Any = new(JobKind.Chat, Model: null);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private readonly Dictionary<string, (IReadOnlyList<JsonObject> Models, DateTimeOffset AskedAt)> _hosts = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ApiException">There are accounts, and none of them could be asked.</exception>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            return await UnionAsync(cancellationToken);
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private async Task<IReadOnlyList<JsonObject>> UnionAsync(CancellationToken cancellationToken)
    {
        var models = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        var (asked, answered) = (0, 0);
        foreach (var host in router.All().Where(account => router.CouldServe(account.Id, Any)).GroupBy(account => account.BaseUrl.Authority, StringComparer.OrdinalIgnoreCase))
        {
            asked++;
            if (await OfAsync(host.Key, host, cancellationToken) is not { } listed) continue;
            answered++;
            foreach (var model in listed) models.TryAdd((string)model["id"]!, model);
        }

        // Nobody's models and nobody asked are two things: a client would drop all it knows.
        return asked > 0 && answered == 0 ? throw new ApiException(NativeAnswers.Unavailable) : [.. models.Values.Where(IsServed)];
    }

    private async Task<IReadOnlyList<JsonObject>?> OfAsync(string host, IEnumerable<AccountState> accounts, CancellationToken cancellationToken)
    {
        if (_hosts.TryGetValue(host, out var known) && time.GetUtcNow() - known.AskedAt <= Kept) return known.Models;
        foreach (var account in accounts.Take(MostAsked))
        {
            var answer = await reads.GetAsync(account.Id, PlatformPaths.Models, cancellationToken);
            if (answer.Error is not null) continue;
            _hosts[host] = (Read(answer), time.GetUtcNow());
            return _hosts[host].Models;
        }

        return null;
    }

    private static List<JsonObject> Read(ReadAnswer answer) => NativeAnswers.Member(answer, "data") is JsonArray data
        ? [.. data.OfType<JsonObject>().Where(model => model["id"] is JsonValue id && id.TryGetValue<string>(out _))]
        : [];

    private bool IsServed(JsonObject model) => router.CanNeverServe(new Work(JobKind.Chat, (string)model["id"]!)) is null;
}
