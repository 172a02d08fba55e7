using System.Collections.Frozen;

namespace Gateway.Upstreams.MiniMax.Requests;

/// <summary>MiniMax's own hosts, by region (docs/minimax.md, "Hosts"). Any other is a proxy that serves what it likes.</summary>
internal static class PlatformHosts
{
    private static readonly string[] Global = ["api.minimax.io"];
    private static readonly string[] China = ["api.minimax.cn", "api.minimaxi.com"];

    private static readonly FrozenSet<string> GlobalNames = Global.Concat(
        ["api-uw.minimax.io", "api.minimaxi.chat"]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private static readonly FrozenSet<string> ChinaNames = China.Concat(
        ["api-bj.minimaxi.com", "api.minimax.chat"]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private static readonly FrozenSet<string> SpeechOnly =
        new[] { "api-uw.minimax.io", "api-bj.minimaxi.com" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the host has nothing but speech that is answered at once.</summary>
    public static bool ServesSpeechOnly(Uri baseUrl) => SpeechOnly.Contains(baseUrl.Host);

    /// <summary>What to check about a key this host calls dead, before it is thrown away.</summary>
    public static string WhereElse(Uri baseUrl) =>
        $"A key of the other region looks exactly like this: check whether it belongs to {string.Join(" or ", OtherThan(baseUrl.Host))}";

    private static IEnumerable<string> OtherThan(string host) =>
        GlobalNames.Contains(host) ? China
        : ChinaNames.Contains(host) ? Global
        : Global.Concat(China);
}
