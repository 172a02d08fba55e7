using Gateway.Model.Assets;
using Gateway.Model.Ids;

namespace Gateway.Api.Assets;

/// <summary>Where something a body names lives, and what it is called there.</summary>
/// <param name="Account">The account that knows it.</param>
/// <param name="UpstreamId">What that account calls it.</param>
/// <param name="File">The file's own record; null for what cannot be copied, and for what a job made.</param>
internal sealed record AssetHome(AccountId Account, string UpstreamId, Asset? File = null);
