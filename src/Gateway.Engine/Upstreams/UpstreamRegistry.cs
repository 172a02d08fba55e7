using System.Collections.Frozen;
using Gateway.Model.Accounts;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Upstreams;

internal sealed class UpstreamRegistry(IEnumerable<IUpstream> upstreams) : IUpstreamRegistry
{
    private readonly FrozenDictionary<string, IUpstream> _drivers = upstreams.ToFrozenDictionary(upstream => upstream.Driver, StringComparer.Ordinal);

    public IReadOnlyCollection<IUpstream> All => _drivers.Values;

    public IUpstream? Find(string driver) => _drivers.GetValueOrDefault(driver);

    public bool Serves(string driver, JobKind kind) => Find(driver) is { } upstream && upstream.Kinds.Contains(kind);

    public bool Serves(AccountState account, Work work) => Find(account.Driver) is { } upstream && upstream.Serves(account.BaseUrl, work);
}
