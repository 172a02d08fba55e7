using System.Reflection;
using Gateway.Grains.Hosting;
using Gateway.Silo.Chores;
using Gateway.Silo.Following;
using Gateway.Silo.Outbound;
using Gateway.Silo.Queueing;

namespace Gateway.Silo.Hosting;

/// <summary>Settings under <c>Gateway</c> that nothing reads. A misspelt one would otherwise be a default that nobody chose.</summary>
internal static class UnknownSettings
{
    // What is bound by itself and not as a property of the options above it.
    private static readonly Dictionary<string, Type> Sections = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Gateway:Dispatch"] = typeof(DispatchOptions),
        ["Gateway:Follow"] = typeof(FollowOptions),
        ["Gateway:NewEncryptionKey"] = typeof(string), // the commands' own
        ["Gateway:Retention"] = typeof(RetentionOptions),
        ["Gateway:Webhooks"] = typeof(WebhookOptions),
    };

    /// <summary>Their names, as the operator would write them.</summary>
    public static IEnumerable<string> Find(IConfiguration configuration) => Within(configuration.GetSection("Gateway"), typeof(GatewayOptions))
        .Concat(configuration.GetSection("ConnectionStrings").GetChildren().Where(child => !Is(child, "Gateway")).Select(child => child.Path));

    private static IEnumerable<string> Within(IConfigurationSection section, Type type) => section.GetChildren().SelectMany(child => TypeOf(child, type) switch
    {
        null => [child.Path],
        { IsArray: true } => [],
        var known => Within(child, known),
    });

    private static Type? TypeOf(IConfigurationSection setting, Type owner)
    {
        if (Sections.TryGetValue(setting.Path, out var section)) return section;
        if (owner.IsGenericType && owner.GetGenericTypeDefinition() == typeof(Dictionary<,>)) return owner.GetGenericArguments()[1];
        return owner.GetProperties(BindingFlags.Public | BindingFlags.Instance).FirstOrDefault(property => property.CanWrite && Is(setting, property.Name))?.PropertyType;
    }

    private static bool Is(IConfigurationSection setting, string name) => setting.Key.Equals(name, StringComparison.OrdinalIgnoreCase);
}
