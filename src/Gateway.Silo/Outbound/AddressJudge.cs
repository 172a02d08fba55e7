using System.Net;
using System.Net.Sockets;
using Gateway.Engine.Storage;

namespace Gateway.Silo.Outbound;

/// <summary>
/// Which addresses a caller may have us call: public ones, and what the operator allowed. An address in disguise (IPv4
/// inside IPv6, in any of its forms) is judged by what it leads to.
/// </summary>
internal sealed class AddressJudge(IReadOnlyList<IPNetwork> allowed)
{
    // IANA's special-purpose registry, and what lies behind a public-looking address only inside a cloud.
    private static readonly IPNetwork[] ClosedV4 = Networks(
        "0.0.0.0/8", // this host
        "10.0.0.0/8",
        "100.64.0.0/10", // carrier-grade NAT
        "127.0.0.0/8",
        "168.63.129.16/32", // Azure's own services, on every machine there
        "169.254.0.0/16", // link-local, the clouds' metadata among them
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24", // documentation
        "192.88.99.0/24", // 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15", // benchmarks
        "198.51.100.0/24", // documentation
        "203.0.113.0/24", // documentation
        "224.0.0.0/4", // multicast
        "240.0.0.0/4"); // reserved, broadcast

    // Of IPv6 only 2000::/3 is handed out to hosts; these parts of it are not.
    private static readonly IPNetwork HandedOutV6 = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork[] ClosedV6 = Networks(
        "2001::/23", // protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32", // documentation
        "3fff::/20"); // documentation

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <exception cref="GatewaySetupException">One of them is no CIDR.</exception>
    public static AddressJudge From(IEnumerable<string> cidrs) =>
        new([.. cidrs.Select(cidr => IPNetwork.TryParse(cidr.Trim(), out var network)
        ? network
        : throw new GatewaySetupException(
            $"Gateway:Webhooks:AllowedNetworks holds '{cidr}'; it must be a network such as 10.0.0.0/8 or fd00::/8."))]);

    public bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IsIn(allowed, plain) || IsPublic(plain);
    }

    private static bool IsPublic(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork) return !IsIn(ClosedV4, address);
        if (Nat64.Contains(address)) return IsPublic(EmbeddedAt(12, address));
        if (SixToFour.Contains(address)) return IsPublic(EmbeddedAt(2, address));
        return HandedOutV6.Contains(address) && !IsIn(ClosedV6, address);
    }

    private static IPAddress EmbeddedAt(int index, IPAddress address) => new(address.GetAddressBytes().AsSpan(index, 4));

    private static bool IsIn(IReadOnlyList<IPNetwork> networks, IPAddress address)
    {
        foreach (var network in networks)
            if (network.Contains(address)) return true;
        return false;
    }

    private static IPNetwork[] Networks(params ReadOnlySpan<string> cidrs)
    {
        var networks = new IPNetwork[cidrs.Length];
        for (var i = 0; i < cidrs.Length; i++) networks[i] = IPNetwork.Parse(cidrs[i]);
        return networks;
    }
}
