namespace Gateway.Grains.Security;

/// <summary>Who is the admin (<c>Gateway</c>).</summary>
internal sealed class AdminTokenOptions
{
    /// <summary>The admin's token, at least 16 characters.</summary>
    /// <value>generated, printed once at the first start</value>
    public string? AdminToken { get; set; }
}
