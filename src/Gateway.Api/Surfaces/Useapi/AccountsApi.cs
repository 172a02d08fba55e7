using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Grains;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Storage;
using Gateway.Grains.Upstreams;

namespace Gateway.Api.Surfaces.Useapi;

/// <summary>Accounts, in the shape of useapi.net's API (specs: useapi-minimax-v1.md 2.1). For admins.</summary>
internal static class AccountsApi
{
    private const int LargestBody = 64 * 1024;

    public static void MapUseapiAccounts(this IEndpointRouteBuilder routes)
    {
        var accounts = routes.MapGroup("/v1/minimax/accounts").ForAdmins(UseapiDialect.Instance).WithTags("Accounts");
        accounts.MapPost("", SaveAsync).WithName("SaveAccount");
        accounts.MapPost("/{account}", SaveAsync).WithName("SaveAccountLegacy");
        accounts.MapGet("", ListAsync).WithName("ListAccounts");
        accounts.MapGet("/{account}", GetAsync).WithName("GetAccount");
        accounts.MapDelete("/{account}", DeleteAsync).WithName("DeleteAccount");
    }

    private static async Task<IResult> SaveAsync(
        HttpContext context, Caller caller, AccountReader reader, AccountGrain accounts, RouterGrain router, IUpstreamRegistry upstreams, TimeProvider time, CancellationToken cancellationToken)
    {
        var spec = reader.Read(await context.Request.ReadBodyAsync(LargestBody, cancellationToken), context.Request.RouteValues["account"] as string);
        CheckReserve(router.Find(spec.Id), spec.Patch);
        var saved = await accounts.SaveAsync(spec, caller.Name, cancellationToken)
            ?? throw new ApiException(ApiError.Field("url", "must keep driver and host while the account has running work; drain it first"));
        return Results.Json(AccountsMapping.View(saved, upstreams, time.GetUtcNow()), UseapiJson.Own.AccountAnswer, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ListAsync(IQueryStore queries, IUpstreamRegistry upstreams, TimeProvider time, CancellationToken cancellationToken)
    {
        var accounts = await queries.AccountsAsync(cancellationToken);
        var answer = accounts.Where(account => !account.Deleted).ToDictionary(account => account.Id.Value, account => AccountsMapping.View(account, upstreams, time.GetUtcNow()));
        return Results.Json(answer, UseapiJson.Own.DictionaryStringAccountAnswer);
    }

    private static async Task<IResult> GetAsync(string account, IQueryStore queries, IUpstreamRegistry upstreams, TimeProvider time, CancellationToken cancellationToken) =>
        AccountId.TryParse(account, out var id) && await queries.AccountAsync(id, cancellationToken) is { Deleted: false } found
            ? Results.Json(AccountsMapping.View(found, upstreams, time.GetUtcNow()), UseapiJson.Own.AccountAnswer)
            : throw new ApiException(AccountsMapping.NotFound);

    private static async Task<IResult> DeleteAsync(string account, Caller caller, AccountGrain accounts, SlotSignal signal, CancellationToken cancellationToken)
    {
        if (!AccountId.TryParse(account, out var id) || await accounts.ChangeAsync(id, caller.Name, "account.delete", state => state.Delete(), cancellationToken) is null)
            throw new ApiException(AccountsMapping.NotFound);

        signal.Pulse(); // jobs pinned to it must hear of it
        return Results.Text("{}", "application/json");
    }

    private static void CheckReserve(AccountState? present, AccountPatch patch)
    {
        if (present is not null && patch.MaxJobs.Or(present.MaxJobs) < present.ReservedForCalls)
            throw new ApiException(ApiError.Field("maxJobs", "must not be less than the account's reservedForCalls"));
    }
}

internal static class AccountsMapping
{
    public static readonly ApiError NotFound = new(404, "account_not_found", "Configuration not found.", [new FieldError("account", "must be the id of a configured account")]);

    public static AccountAnswer View(AccountState account, IUpstreamRegistry upstreams, DateTimeOffset now) => new()
    {
        Account = account.Id.Value,
        Jwt = account.TokenExpiresAt is null ? null : Jwt(account),
        MaxJobs = account.MaxJobs,
        SupportVideo = upstreams.Serves(account, new Work(JobKind.Video, Model: null)),
        SupportChat = upstreams.Serves(account, new Work(JobKind.Chat, Model: null)),
        SupportAudio = upstreams.Serves(account, new Work(JobKind.Speech, Model: null)),
        SupportMusic = upstreams.Serves(account, new Work(JobKind.Music, Model: null)),
        Driver = account.Driver,
        Host = account.BaseUrl.Authority,
        Name = account.Name,
        DailyCredits = account.DailyCredits,
        TimeZone = account.TimeZone,
        Models = account.Models is { } models ? [.. models] : null,
        Error = Error(account, upstreams, now),
    };

    /// <summary>Why an account is not usable at all, in words for its admin; null when it is.</summary>
    public static string? Error(AccountState account, IUpstreamRegistry upstreams, DateTimeOffset now)
    {
        if (upstreams.Find(account.Driver) is null) return $"driver '{account.Driver}' is switched off (not built, or listed in Gateway:DisabledDrivers)";
        if (account.Health.AuthFailed) return $"the upstream refused the credential: {account.Health.ReasonAt(now)}";
        if (account.Health.IsParked) return $"parked until a probe is answered well, because the upstream refused it: {account.Health.ReasonAt(now)}";
        return account.TokenExpiresAt <= now ? $"the token expired at {OwnJson.Write(account.TokenExpiresAt.Value)}" : null;
    }

    private static AccountJwt Jwt(AccountState account) => new()
    {
        // The token itself is sealed; its place is kept for clients that look for it.
        Token = "eyJ…secured…",
        Exp = account.TokenExpiresAt?.ToUnixTimeMilliseconds() / 1000.0,
        Iat = account.TokenIssuedAt?.ToUnixTimeMilliseconds() / 1000.0,
        Host = account.BaseUrl.Host,
        IatIssued = account.TokenIssuedAt is { } issued ? OwnJson.Write(issued) : null,
        ExpExpire = account.TokenExpiresAt is { } expires ? OwnJson.Write(expires) : null,
    };
}
