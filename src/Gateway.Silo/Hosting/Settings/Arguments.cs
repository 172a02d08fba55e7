using System.Reflection;
using Gateway.Engine.Storage;

namespace Gateway.Silo.Hosting.Settings;

/// <summary>
/// The command line of both executables: questions that are answered at once, and settings, of which every one must be known.
/// </summary>
internal static class Arguments
{
    private const string Restored = "--restored";

    // What the host itself reads, beside the sections it binds.
    private static readonly string[] HostNames =
    [
        "urls", "http_ports", "https_ports", "environment", "contentRoot", "webRoot", "applicationName", "AllowedHosts"
    ];
    private static readonly string[] HostSections = ["Logging", "Kestrel"];

    /// <summary>The version of this build, as an operator reports it.</summary>
    public static string Version { get; } =
        typeof(Arguments).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Whether the arguments ask for the version, or for how the executable is used.</summary>
    public static bool AskForVersion(string[] args) => args is ["-v" or "version", ..] || args.Contains("--version");

    /// <inheritdoc cref="AskForVersion"/>
    public static bool AskForHelp(string[] args) => args is ["-h" or "-?" or "help", ..] || args.Contains("--help");

    /// <summary>The arguments as configuration reads them: a flag gets its value.</summary>
    public static string[] ForConfiguration(string[] args) => [.. args.Select(arg => arg == Restored ? "--Gateway:Restored=true" : arg)];

    /// <summary>Refuses what nothing would read.</summary>
    /// <exception cref="GatewaySetupException">An argument is none, or a setting is none.</exception>
    public static void Check(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == Restored) continue;
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
                throw Wrong($"'{args[i]}' is no argument; a setting is written --Gateway:DataDirectory=….");
            if (NameOf(args[i]) is var name && !IsKnown(name)) throw Wrong($"'--{name}' is no argument{Meant(name)}");
            if (args[i].Contains('=')) continue;
            if (++i == args.Length) throw Wrong($"'--{name}' has no value; write --{name}=….");
        }
    }

    private static string NameOf(string arg) => arg[2..].Split('=', 2)[0];

    private static bool IsKnown(string name) =>
        HostNames.Contains(name, StringComparer.OrdinalIgnoreCase)
            || HostSections.Any(section => name.StartsWith($"{section}:", StringComparison.OrdinalIgnoreCase)) ||
        name.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase) || SettingsTree.TypeOf(name) is not null || SettingsTree.IsAbove(name);

    private static string Meant(string name) =>
        (NearName.OfSetting(name) ?? NearName.Of(name, [.. HostNames, "restored", "version", "help"])) is { } near
            ? $"; is --{near} meant?"
            : ".";

    // Values are left out: one of them may be a secret.
    private static GatewaySetupException Wrong(string what) => new($"{what} See --help.");
}
