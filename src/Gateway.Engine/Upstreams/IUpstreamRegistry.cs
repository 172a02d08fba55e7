using Gateway.Model.Accounts;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Upstreams;

/// <summary>Which drivers are switched on.</summary>
internal interface IUpstreamRegistry
{
    IReadOnlyCollection<IUpstream> All { get; }

    IUpstream? Find(string driver);

    bool Serves(string driver, JobKind kind);

    bool Serves(AccountState account, Work work);
}
