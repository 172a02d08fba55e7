namespace Gateway.Grains.Accounts;

/// <summary>Where accounts' credentials may go (<c>Gateway</c>).</summary>
internal sealed class AccountOptions
{
    /// <summary>The hosts an account's url may name, with port where it is not the default.</summary>
    /// <value>any</value>
    public string[] AccountHosts { get; set; } = [];
}
