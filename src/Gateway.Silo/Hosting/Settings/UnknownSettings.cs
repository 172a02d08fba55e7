namespace Gateway.Silo.Hosting.Settings;

/// <summary>Settings that nothing reads. A misspelt one would otherwise be a default that nobody chose.</summary>
internal static class UnknownSettings
{
    // The environment is full of names that are nobody's setting: of the roots only those are named that look like one of ours.
    private static readonly string[] Roots = [SettingsTree.Root, "ConnectionStrings", "Logging", "Kestrel"];

    /// <summary>Their names, as the operator would write them.</summary>
    public static IEnumerable<string> Find(IConfiguration configuration) => configuration.GetChildren().SelectMany(root => root switch
    {
        _ when Is(root, SettingsTree.Root) || Is(root, "ConnectionStrings") => Within(root),
        _ when root.GetChildren().Any() && !Roots.Any(name => Is(root, name)) && NearName.Of(root.Key, Roots) is not null => Leaves(root),
        _ => [],
    });

    /// <summary>The sentence about one of them.</summary>
    public static string Describe(string setting) => NearName.OfSetting(setting) is { } near
        ? $"{setting} is no setting of the gateway. Is {near} meant?"
        : $"{setting} is no setting of the gateway.";

    private static IEnumerable<string> Within(IConfigurationSection section) => section.GetChildren().SelectMany(child =>
        SettingsTree.IsAbove(child.Path) ? Within(child)
        : SettingsTree.TypeOf(child.Path) is null ? [child.Path]
        : child.GetChildren().Select(inner => inner.Path));

    private static IEnumerable<string> Leaves(IConfigurationSection section) =>
        section.GetChildren().SelectMany(child => child.GetChildren().Any() ? Leaves(child) : [child.Path]);

    private static bool Is(IConfigurationSection setting, string name) => setting.Key.Equals(name, StringComparison.OrdinalIgnoreCase);
}
