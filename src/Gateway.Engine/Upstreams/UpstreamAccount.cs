using Gateway.Model.Answers;
using Gateway.Model.Ids;

namespace Gateway.Engine.Upstreams;

/// <summary>An account as a driver sees it: where, and with which credential.</summary>
/// <param name="Id">Which.</param>
/// <param name="BaseUrl">Where.</param>
/// <param name="Secret">Its credential.</param>
/// <param name="GroupId">The group a legacy credential belongs to; null for none.</param>
internal sealed record UpstreamAccount(AccountId Id, Uri BaseUrl, string Secret, string? GroupId = null)
{
    /// <summary>Cleans what it says, which may quote its credential.</summary>
    public UpstreamWords Words => new(Secret, GroupId);

    /// <summary>Never the secret: this ends up in logs and exceptions.</summary>
    public override string ToString() => $"account {Id} at {BaseUrl.Authority}";
}
