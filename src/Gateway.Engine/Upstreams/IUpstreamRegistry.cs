using Gateway.Model.Accounts;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Upstreams;

/// <summary>The drivers of this program, and which of them are switched on.</summary>
internal interface IUpstreamRegistry
{
    /// <summary>Those that are switched on.</summary>
    IReadOnlyCollection<IUpstream> All { get; }

    /// <summary>All there are, switched on or off.</summary>
    IReadOnlyCollection<IUpstream> Installed { get; }

    /// <summary>The driver of that name; null when there is none, or it is switched off.</summary>
    IUpstream? Find(string driver);

    bool Serves(string driver, JobKind kind);

    bool Serves(AccountState account, Work work);
}
