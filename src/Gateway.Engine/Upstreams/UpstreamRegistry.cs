using System.Collections.Frozen;
using Gateway.Model.Accounts;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Upstreams;

/// <param name="upstreams">The drivers of this program.</param>
/// <param name="disabled">The names of those that are switched off.</param>
internal sealed class UpstreamRegistry(IEnumerable<IUpstream> upstreams, IReadOnlyCollection<string>? disabled = null) : IUpstreamRegistry
{
    private readonly IUpstream[] _installed = [.. upstreams];

    private FrozenDictionary<string, IUpstream> Drivers => field ??= _installed
        .Where(upstream => disabled?.Contains(upstream.Driver) != true)
        .ToFrozenDictionary(upstream => upstream.Driver, StringComparer.Ordinal);

    public IReadOnlyCollection<IUpstream> All => Drivers.Values;

    public IReadOnlyCollection<IUpstream> Installed => _installed;

    public IUpstream? Find(string driver) => Drivers.GetValueOrDefault(driver);

    public bool Serves(string driver, JobKind kind) => Find(driver) is { } upstream && upstream.Kinds.Contains(kind);

    public bool Serves(AccountState account, Work work) => Find(account.Driver) is { } upstream && upstream.Serves(account.BaseUrl, work);
}
