namespace Gateway.Api.Auth;

internal static class Scopes
{
    /// <summary>Sees accounts and all teams.</summary>
    public const string Admin = "admin";

    public static readonly IReadOnlyList<string> All = [Admin];
}
