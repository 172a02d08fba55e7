using Gateway.Api.Http;
using Gateway.Engine.Security;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Accounts;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Api.Surfaces.Useapi;

/// <summary>Reads the body of <c>POST /v1/minimax/accounts</c>.</summary>
internal sealed class AccountReader(AccountOptions options, GatewayKeys keys, Credentials credentials, IUpstreamRegistry upstreams)
{
    /// <summary>Drivers that accounts may be saved for, though this program has none of them yet.</summary>
    private static readonly string[] Planned = ["hailuo-web", "agent-web"];

    private sealed record Raw(
        string? Account = null, Uri? Url = null, string? Token = null, string? Driver = null, AccountPatch? Patch = null,
        bool Validate = true, bool SharesToken = false);

    /// <param name="body">The body.</param>
    /// <param name="pathAccount">The id in the path of the legacy form; it must equal the body's.</param>
    public AccountRequest Read(byte[] body, string? pathAccount)
    {
        var raw = JsonObjectReader.Fields(body).Fold(new Raw(Patch: new AccountPatch()), (raw, field) => Take(raw, field, body), Missing);
        if (pathAccount is not null && raw.Account != pathAccount)
            throw new ApiException(ApiError.Field("account", "must equal the account in the path"));

        CheckHost(raw.Url!);
        var token = SessionToken.Read(raw.Token!);
        var driver = raw.Driver ?? DriverOf(raw.Url!);
        var spec = new AccountSpec
        {
            Id = IdOf(raw),
            Driver = driver,
            BaseUrl = AccountUrl.RootOf(raw.Url!, Installed(driver)),
            SealedSecret = credentials.Seal(raw.Token!),
            TokenExpiresAt = token.ExpiresAt,
            TokenIssuedAt = token.IssuedAt,
            TokenHash = credentials.Hash(raw.Token!),
            Patch = raw.Patch!,
        };
        return new AccountRequest(spec, raw.Token!, raw.Validate, raw.SharesToken);
    }

    private static IEnumerable<FieldError> Missing(Raw raw)
    {
        if (raw.Url is null) yield return new FieldError("url", "must be an http or https url");
        if (raw.Token is null)
            yield return new FieldError("token", $"must be the account's key or JWT, 1 to {SessionToken.MaxLength} characters");
        if (!raw.Patch!.MaxJobs.IsSet)
            yield return new FieldError("maxJobs", $"must be an integer from {AccountSpec.LeastMaxJobs} to {AccountSpec.MostMaxJobs}");
    }

    private Raw Take(Raw raw, JsonObjectReader.Field field, byte[] body) => field.Name switch
    {
        "account" => raw with { Account = field.Text(body, AccountId.MaxLength) },
        "url" => raw with { Url = AccountUrl.Parse(field.Text(body, 4096)) },
        "token" => raw with { Token = Secret(field, body) },
        "validate" => raw with { Validate = AccountFields.Flag(field) },
        "sharesToken" => raw with { SharesToken = AccountFields.Flag(field) },
        "driver" => raw with { Driver = KnownDriver(field.Text(body, 32)) },
        _ => AccountFields.Read(raw.Patch!, field, body) is { } patch && field.Name is not ("enabled" or "reservedForCalls")
            ? raw with { Patch = patch }
            : throw new ApiException(
                ApiError.Field(
                    field.Name,
                    "is no field of an account; the fields are url, token, maxJobs, account, driver, name, dailyCredits, timeZone, " +
                        "models, groupId, validate, sharesToken")),
    };

    // It becomes a header: whatever a header cannot carry would fail at the first call.
    private static string Secret(JsonObjectReader.Field field, byte[] body)
    {
        var secret = field.Text(body, SessionToken.MaxLength).Trim();
        return secret.Length > 0 && secret.All(c => c is > ' ' and <= '~')
            ? secret
            : throw new ApiException(ApiError.Field("token", "must be printable ASCII without spaces"));
    }

    private string KnownDriver(string name) =>
        IsKnown(name)
            ? name
            : throw new ApiException(
                ApiError.Field(
                    "driver",
                    $"must be one of {string.Join(", ", upstreams.Installed.Select(upstream => upstream.Driver).Concat(Planned))}"));

    private bool IsKnown(string name) => Planned.Contains(name) || Installed(name) is not null;

    private IUpstream? Installed(string name) => upstreams.Installed.FirstOrDefault(upstream => upstream.Driver == name);

    // A host that is nobody's own is a proxy or a web session: which, its admin says.
    private string DriverOf(Uri url) =>
        upstreams.Installed.FirstOrDefault(upstream => upstream.IsVendors(url)) is { } vendor ? vendor.Driver
        : url.Host.StartsWith("agent.minimax", StringComparison.OrdinalIgnoreCase) ? "agent-web"
        : url.Host.Contains("hailuoai", StringComparison.OrdinalIgnoreCase) ? "hailuo-web"
        : throw new ApiException(
            ApiError.Field("url", "names a host of no known driver; say \"driver\":\"platform\" for a proxy of MiniMax's API"));

    private void CheckHost(Uri url)
    {
        if (options.AccountHosts.Length == 0 || options.AccountHosts.Contains(url.Authority, StringComparer.OrdinalIgnoreCase)) return;
        throw new ApiException(ApiError.Field("url", "names a host that Gateway:AccountHosts does not list"));
    }

    private AccountId IdOf(Raw raw)
    {
        if (raw.Account is null) return new AccountId(keys.Digits(raw.Token!));
        return AccountId.TryParse(raw.Account, out var id)
            ? id
            : throw new ApiException(ApiError.Field("account", $"must be 1 to {AccountId.MaxLength} digits"));
    }
}
