using Gateway.Api.Http;
using Gateway.Silo.Connections;

namespace Gateway.Api.Auth;

/// <summary>Route policy: a valid token, as <c>Authorization: Bearer</c> or <c>x-api-key</c>; both kinds of client exist.</summary>
internal static class RequireCaller
{
    public static readonly ApiError Unauthorized = new(
        401,
        "unauthorized",
        "Unauthorized: send a valid token in the Authorization header (Bearer) or in x-api-key.",
        [new FieldError("Authorization", "must carry a valid token")]);
    private static readonly ApiError Forbidden = new(
        403,
        "forbidden",
        "This route is for admins: it needs the admin token, or a token with scope admin.",
        [new FieldError("Authorization", "must carry an admin token")]);

    extension<TBuilder>(TBuilder routes) where TBuilder : IEndpointConventionBuilder
    {
        /// <summary>Any team or admin.</summary>
        public TBuilder ForCallers(Dialect dialect) => routes.With(dialect, adminOnly: false);

        /// <summary>Admins alone.</summary>
        public TBuilder ForAdmins(Dialect dialect) => routes.With(dialect, adminOnly: true);

        private TBuilder With(Dialect dialect, bool adminOnly) => routes.WithMetadata(dialect, new CallerPolicy(adminOnly));
    }

    /// <summary>Checks the policy of the chosen route, before its parameters are bound.</summary>
    public static async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<CallerPolicy>() is not { } policy)
        {
            await next(context);
            return;
        }

        var caller = await FindAsync(context);
        if (caller is null) throw new ApiException(Unauthorized);
        if (policy.AdminOnly && !caller.IsAdmin) throw new ApiException(Forbidden);
        if (!policy.AdminOnly && HttpMethods.IsPost(context.Request.Method))
            context.RequestServices.GetRequiredService<TeamRates>().Count(caller.Team);
        caller.Attach(context);
        context.Features.Get<Stranger>()?.Introduce();
        await AnswerAsync(context, caller, next);
    }

    // S2: the right to an answer may end before it does. One that has not begun says so; half of one is cut.
    private static async Task AnswerAsync(HttpContext context, Caller caller, RequestDelegate next)
    {
        using var answer = context.RequestServices.GetRequiredService<OpenAnswers>().Open(context, TokenOf(context.Request)!, caller);
        try
        {
            await next(context);
        }
        catch (Exception cut) when (answer.IsRevoked && cut is OperationCanceledException or IOException)
        {
            if (!context.Response.HasStarted) throw new ApiException(Unauthorized);
        }
        finally
        {
            if (answer.IsRevoked && context.Response.HasStarted) context.Abort();
        }
    }

    /// <summary>The caller of a request; asked again by open streams (S2).</summary>
    public static async ValueTask<Caller?> FindAsync(HttpContext context)
    {
        if (TokenOf(context.Request) is not { } token) return null;
        return await context.RequestServices.GetRequiredService<Authenticator>().FindAsync(token, context.RequestAborted);
    }

    /// <summary>
    /// The token a request carries; null for none. Some clients always send an Authorization, empty where they were given nothing for it.
    /// </summary>
    public static string? TokenOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString().Trim();
        var token = header.Length == 0
            || header.Equals("Bearer", StringComparison.OrdinalIgnoreCase) ? request.Headers["x-api-key"].ToString()
            : header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim()
            : "";
        return token.Length > 0 ? token : null;
    }

    private sealed record CallerPolicy(bool AdminOnly);
}
