using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Http;
using Gateway.Engine.Notifiers;
using Gateway.Engine.Storage;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Accounts;
using Gateway.Model;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Api.Surfaces.Useapi;

/// <summary>Accounts, in the shape of useapi.net's API (docs/minimax.md, "Accounts at useapi.net"). For admins.</summary>
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
        HttpContext context, Caller caller, AccountReader reader, AccountSaves saves, IUpstreamRegistry upstreams, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var asked = reader.Read(
            await context.Request.ReadBodyAsync(LargestBody, cancellationToken), context.Request.RouteValues["account"] as string);
        var (saved, finding) = await saves.SaveAsync(asked, caller, cancellationToken);
        var view = AccountsMapping.View(saved, await saves.BehindAsync(saved, cancellationToken), upstreams, time.GetUtcNow());
        return Results.Json(view with { Validation = finding }, UseapiJson.Own.AccountAnswer, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ListAsync(
        IQueryStore queries, IUpstreamRegistry upstreams, TimeProvider time, CancellationToken cancellationToken)
    {
        var accounts = (await queries.AccountsAsync(cancellationToken)).ToDictionary(account => account.Id);
        var answer = accounts.Values.Where(account => !account.Deleted).ToDictionary(
            account => account.Id.Value, account => AccountsMapping.View(account, Behind(account), upstreams, time.GetUtcNow()));
        return Results.Json(answer, UseapiJson.Own.DictionaryStringAccountAnswer);

        AccountState? Behind(AccountState account) =>
            account.SharesWith is not { } first ? account
                : accounts.GetValueOrDefault(first) is { StandsForItself: true } found ? found
                : null;
    }

    private static async Task<IResult> GetAsync(
        string account, IQueryStore queries, AccountSaves saves, IUpstreamRegistry upstreams, TimeProvider time,
        CancellationToken cancellationToken) =>
        AccountId.TryParse(account, out var id) && await queries.AccountAsync(id, cancellationToken) is { Deleted: false } found
            ? Results.Json(
                AccountsMapping.View(found, await saves.BehindAsync(found, cancellationToken), upstreams, time.GetUtcNow()),
                UseapiJson.Own.AccountAnswer)
            : throw new ApiException(AccountsMapping.NotFound);

    private static async Task<IResult> DeleteAsync(
        string account, Caller caller, AccountGrain accounts, SlotNotifier notifier, CancellationToken cancellationToken)
    {
        if (!AccountId.TryParse(account, out var id)
            || await accounts.ChangeAsync(id, caller.Name, "account.delete", state => state.Delete(), cancellationToken) is null)
            throw new ApiException(AccountsMapping.NotFound);

        notifier.Pulse(); // jobs pinned to it must hear of it
        return Results.Text("{}", "application/json");
    }
}

internal static class AccountsMapping
{
    public static readonly ApiError NotFound = new(
        404, "account_not_found", "Configuration not found.", [new FieldError("account", "must be the id of a configured account")]);

    /// <param name="named">The id's own row.</param>
    /// <param name="behind">The account behind it: the same, or the one it is another name of; null where that is gone.</param>
    /// <param name="upstreams">The drivers that are switched on.</param>
    /// <param name="now">When.</param>
    public static AccountAnswer View(AccountState named, AccountState? behind, IUpstreamRegistry upstreams, DateTimeOffset now)
    {
        var account = behind ?? named;
        return new AccountAnswer
        {
            Account = named.Id.Value,
            SharesWith = named.SharesWith?.Value,
            Jwt = account.TokenExpiresAt is null ? null : Jwt(account),
            MaxJobs = account.MaxJobs,
            SupportVideo = behind is not null && upstreams.Serves(account, new Work(JobKind.Video, Model: null)),
            SupportChat = behind is not null && upstreams.Serves(account, new Work(JobKind.Chat, Model: null)),
            SupportAudio = behind is not null && upstreams.Serves(account, new Work(JobKind.Speech, Model: null)),
            SupportMusic = behind is not null && upstreams.Serves(account, new Work(JobKind.Music, Model: null)),
            Driver = account.Driver,
            Host = account.BaseUrl.Authority,
            Url = account.BaseUrl.ToString().TrimEnd('/'),
            Name = named.Name,
            DailyCredits = account.DailyCredits,
            TimeZone = account.TimeZone,
            Models = account.Models is { } models ? [.. models] : null,
            Error = Error(named, behind, upstreams, now),
        };
    }

    /// <summary>Why an account is not usable at all, in words for its admin; null when it is.</summary>
    public static string? Error(AccountState named, AccountState? behind, IUpstreamRegistry upstreams, DateTimeOffset now)
    {
        if (behind is null) return $"account {named.SharesWith}, whose token this id shares, is gone; post this one again";
        if (upstreams.Find(behind.Driver) is null)
            return $"driver '{behind.Driver}' is switched off (not built, or listed in Gateway:DisabledDrivers)";
        if (behind.Health.AuthFailed) return $"the upstream refused the credential: {behind.Health.ReasonAt(now)}";
        if (behind.Health.IsParked)
            return $"parked until a probe is answered well, because the upstream refused it: {behind.Health.ReasonAt(now)}";
        return behind.TokenExpiresAt <= now ? $"the token expired at {OwnJson.Write(behind.TokenExpiresAt.Value)}" : null;
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
