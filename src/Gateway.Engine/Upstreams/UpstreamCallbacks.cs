using Gateway.Engine.Security;
using Gateway.Model.Ids;

namespace Gateway.Engine.Upstreams;

/// <summary>Where MiniMax may tell us that a task has moved. What is said there is only a hint to ask (J2).</summary>
internal sealed class UpstreamCallbacks(PublicAddress address, GatewayKeys keys)
{
    /// <summary>The path, before the token.</summary>
    public const string Path = "/v1/callbacks/minimax/";

    /// <summary>A job's own address; null while no public address is set. It names no account, and nobody can guess it.</summary>
    public string? UrlFor(JobId job) => address.Link(Path + keys.CallbackToken(job));

    /// <summary>Whose address ends with this token; null for what we never gave to anybody.</summary>
    public JobId? JobOf(string token) => keys.ReadCallbackToken(token);
}
