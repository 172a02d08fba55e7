using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Http;
using Gateway.Api.Surfaces;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Api.Admin;

/// <summary>What an admin does to accounts beyond adding and removing them.</summary>
internal static class AdminAccountsApi
{
    private const int LargestBody = 64 * 1024;

    public static void MapAdminAccounts(this IEndpointRouteBuilder routes)
    {
        var accounts = routes.MapGroup("/v1/admin/accounts").ForAdmins(ProblemDialect.Instance).WithTags("Admin");
        accounts.MapGet("/{account}", GetAsync).WithName("AdminGetAccount");
        accounts.MapPatch("/{account}", PatchAsync).WithName("AdminPatchAccount");
        accounts.MapPost("/{account}/drain", (string account, Caller caller, AccountActions actions, CancellationToken cancellationToken) =>
            actions.ChangeAsync(account, caller, "account.drain", state => state.Drain(), cancellationToken)).WithName("AdminDrainAccount");
        accounts.MapPost(
            "/{account}/resume", (string account, Caller caller, AccountActions actions, CancellationToken cancellationToken) =>
            actions.ChangeAsync(
                account, caller, "account.resume", state => state.Resume(), cancellationToken)).WithName("AdminResumeAccount");
        accounts.MapPost("/{account}/reset", (string account, Caller caller, AccountActions actions, CancellationToken cancellationToken) =>
            actions.ChangeAsync(
                account, caller, "account.reset", state => state.ResetHealth(), cancellationToken)).WithName("AdminResetAccount");
        accounts.MapPost("/{account}/validate", ValidateAsync).WithName("AdminValidateAccount");
        accounts.MapPost("/{account}/leases/{lease}/release", ReleaseAsync).WithName("AdminReleaseLease");
    }

    private static Task<IResult> GetAsync(string account, AccountActions actions, CancellationToken cancellationToken) =>
        actions.ShowAsync(account, cancellationToken);

    private static async Task<IResult> PatchAsync(
        string account, HttpContext context, Caller caller, AccountActions actions, CancellationToken cancellationToken)
    {
        var body = await context.Request.ReadBodyAsync(LargestBody, cancellationToken);
        var patch = JsonObjectReader.Fields(body).Fold(new AccountPatch(), (patch, field) => AccountFields.Read(patch, field, body)
            ?? throw new ApiException(
                ApiError.Field(
                    field.Name,
                    "cannot be changed; the fields are maxJobs, dailyCredits, timeZone, name, models, enabled, reservedForCalls, " +
                        "groupId")));
        return await actions.PatchAsync(account, caller, patch, cancellationToken);
    }

    private static Task<IResult> ValidateAsync(
        string account, Caller caller, AccountActions actions, CancellationToken cancellationToken) =>
        actions.ValidateAsync(account, caller, cancellationToken);

    private static Task<IResult> ReleaseAsync(
        string account, string lease, Caller caller, AccountActions actions, CancellationToken cancellationToken) =>
        actions.ReleaseAsync(account, new LeaseId(lease), caller, cancellationToken);
}
