using System.Reflection;
using Gateway.Engine;
using Gateway.Engine.Bodies;
using Gateway.Engine.Security;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Security;
using Gateway.Model.Accounts;
using Gateway.Model.Kinds;
using Gateway.Model.Settings;
using Gateway.Silo.Chores;
using Gateway.Silo.Connections;
using Gateway.Silo.Content;
using Gateway.Silo.Health;
using Gateway.Silo.Notices;
using Gateway.Silo.Outbound;
using Gateway.Silo.Polling;

namespace Gateway.Silo.Hosting.Settings;

/// <summary>Every setting there is, told from the features' options themselves: adding a property is adding a setting.</summary>
internal static class SettingsTree
{
    public const string Root = "Gateway";

    /// <summary>Every feature's options, in the order the README shows them.</summary>
    public static readonly IReadOnlyList<SettingsSection> Sections =
    [
        new("ConnectionStrings", typeof(ConnectionStringOptions)),
        new(Root, typeof(StoreOptions)),
        new(Root, typeof(KeyOptions)),
        new(Root, typeof(AdminTokenOptions)),
        new(Root, typeof(RoleOptions)),
        new(Root, typeof(PublicAddressOptions)),
        new(Root, typeof(MetricsOptions)),
        new(Root, typeof(AccountOptions)),
        new(Root, typeof(DriverOptions)),
        new(Root, typeof(PriceOptions)),
        new(Root, typeof(PaceOptions)),
        new(Root, typeof(OverloadOptions)),
        new(Root, typeof(KindLimitOptions)),
        new(Root, typeof(HeartbeatOptions)),
        new("Gateway:Dispatch", typeof(DispatchOptions)),
        new("Gateway:Follow", typeof(PollOptions)),
        new("Gateway:Queue", typeof(QueueOptions)),
        new(Root, typeof(JobOptions)),
        new("Gateway:Fairness", typeof(FairnessOptions)),
        new("Gateway:Bodies", typeof(BodyLimitOptions)),
        new("Gateway:Connections", typeof(ConnectionOptions)),
        new("Gateway:Results", typeof(ResultOptions)),
        new("Gateway:Retention", typeof(RetentionOptions)),
        new("Gateway:Webhooks", typeof(WebhookOptions)),
        new(Root, typeof(NodeLeaseOptions)),
        new(Root, typeof(ChoreOptions)),
        new(Root, typeof(StopOptions)),
    ];

    /// <summary>All of them, those of the commands too.</summary>
    public static readonly IReadOnlyList<KnownSetting> All =
    [
        .. Sections.SelectMany(section => Declared(section.Path, section.Path, section.Options))
    ];

    /// <summary>What the text at this path is read as; null where nothing reads it.</summary>
    public static Type? TypeOf(string path) => All.FirstOrDefault(setting => Matches(setting.Path, path))?.Type;

    /// <summary>Whether something below this path is read.</summary>
    public static bool IsAbove(string path)
    {
        var depth = path.Split(':').Length;
        return All.Any(
            setting => setting.Path.Split(':') is { } parts && parts.Length > depth && Matches(string.Join(':', parts[..depth]), path));
    }

    private static IEnumerable<KnownSetting> Declared(string path, string shown, Type options) =>
        options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite)
        .SelectMany(property => Within($"{path}:{property.Name}", $"{shown}:{property.Name}", property.PropertyType, property));

    private static IEnumerable<KnownSetting> Within(string path, string shown, Type type, PropertyInfo property) => type switch
    {
        { IsArray: true } => [new($"{path}:*", $"{shown}:<n>", type.GetElementType()!, property)],
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(Dictionary<,>) =>
            Within(
                $"{path}:*",
                $"{shown}:{property.GetCustomAttribute<EntryNameAttribute>()?.Name ?? "<name>"}",
                type.GetGenericArguments()[1],
                property),
        _ when IsLeaf(type) => [new(path, shown, Nullable.GetUnderlyingType(type) ?? type, property)],
        _ => Declared(path, shown, type),
    };

    private static bool IsLeaf(Type type) => type.IsValueType || type == typeof(string) || type == typeof(Uri);

    private static bool Matches(string pattern, string path)
    {
        var (expected, given) = (pattern.Split(':'), path.Split(':'));
        return expected.Length == given.Length
            && expected.Zip(given).All(pair => pair.First == "*" || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
    }
}
