using System.Reflection;
using Gateway.Grains.Options;
using Gateway.Silo.Chores;
using Gateway.Silo.Notices;
using Gateway.Silo.Outbound;
using Gateway.Silo.Polling;

namespace Gateway.Silo.Hosting.Settings;

/// <summary>Every setting there is, told from the options themselves: adding a property is adding a setting.</summary>
internal static class SettingsTree
{
    public const string Root = "Gateway";

    /// <summary>What is bound by itself and not as a property of the options above it.</summary>
    public static readonly IReadOnlyDictionary<string, Type> Sections = new Dictionary<string, Type>(StringComparer.OrdinalIgnoreCase)
    {
        [Root] = typeof(GatewayOptions),
        ["Gateway:Dispatch"] = typeof(DispatchOptions),
        ["Gateway:Follow"] = typeof(PollOptions),
        ["Gateway:Retention"] = typeof(RetentionOptions),
        ["Gateway:Webhooks"] = typeof(WebhookOptions),
    };

    /// <summary>All of them, those of the commands too.</summary>
    public static readonly IReadOnlyList<KnownSetting> All =
    [
        .. Sections.SelectMany(section => Within(section.Key, section.Value)),
        new("Gateway:NewEncryptionKey", typeof(string)),
        new("ConnectionStrings:Gateway", typeof(string)),
    ];

    /// <summary>What the text at this path is read as; null where nothing reads it.</summary>
    public static Type? TypeOf(string path) => All.FirstOrDefault(setting => Matches(setting.Path, path))?.Type;

    /// <summary>Whether something below this path is read.</summary>
    public static bool IsAbove(string path)
    {
        var depth = path.Split(':').Length;
        return All.Any(setting => setting.Path.Split(':') is { } parts && parts.Length > depth && Matches(string.Join(':', parts[..depth]), path));
    }

    private static IEnumerable<KnownSetting> Within(string path, Type type) => type switch
    {
        { IsArray: true } => [new($"{path}:*", type.GetElementType()!)],
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(Dictionary<,>) => Within($"{path}:*", type.GetGenericArguments()[1]),
        _ when IsLeaf(type) => [new(path, Nullable.GetUnderlyingType(type) ?? type)],
        _ => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).SelectMany(property => Within($"{path}:{property.Name}", property.PropertyType)),
    };

    private static bool IsLeaf(Type type) => type.IsValueType || type == typeof(string) || type == typeof(Uri);

    private static bool Matches(string pattern, string path)
    {
        var (expected, given) = (pattern.Split(':'), path.Split(':'));
        return expected.Length == given.Length && expected.Zip(given).All(pair => pair.First == "*" || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
    }
}
