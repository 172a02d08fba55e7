using Gateway.Model.Ids;

namespace Gateway.Api.Auth;

/// <summary>Who asks.</summary>
/// <param name="Team">Whose jobs it sees; the admin token's submits belong to team <c>default</c>.</param>
/// <param name="IsAdmin">The admin token, or a token with scope <c>admin</c>: sees accounts and all teams.</param>
/// <param name="Name">For the audit trail; never a secret.</param>
internal sealed record Caller(TeamId Team, bool IsAdmin, string Name)
{
    private static readonly object Key = new();

    public static Caller Of(HttpContext context) => TryOf(context)!;

    /// <summary>Null on a path that asks for no token.</summary>
    public static Caller? TryOf(HttpContext context) => (Caller?)context.Items[Key];

    public void Attach(HttpContext context) => context.Items[Key] = this;

    /// <summary>Binds as a handler's parameter.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => new(Of(context));
}
