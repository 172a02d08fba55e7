using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Gateway.Engine.Storage;
using Gateway.Model.Settings;

namespace Gateway.Silo.Hosting.Settings;

/// <summary>
/// The operator's settings, read and checked once, before anything else happens: what is wrong is one line that names setting, value
/// and rule. Only where the parts are put together they are seen as a whole; each feature gets its own options.
/// </summary>
internal sealed class GatewaySettings
{
    private readonly Dictionary<Type, object> _options;

    private GatewaySettings(Dictionary<Type, object> options) => _options = options;

    /// <summary>One feature's options.</summary>
    public T Get<T>()
        where T : class => (T)_options[typeof(T)];

    /// <summary>All of them, by their classes.</summary>
    public IReadOnlyDictionary<Type, object> All => _options;

    /// <exception cref="GatewaySetupException">Something cannot be; the message names all of it.</exception>
    public static GatewaySettings Read(IConfiguration configuration)
    {
        Refuse(Texts(configuration.GetSection(SettingsTree.Root)));
        var read = SettingsTree.Sections.Select(section => (section.Path, Options: Bound(configuration, section))).ToList();
        Refuse([.. read.SelectMany(part => Broken(part.Path, part.Options))]);
        return new GatewaySettings(read.ToDictionary(part => part.Options.GetType(), part => part.Options));
    }

    private static object Bound(IConfiguration configuration, SettingsSection section) =>
        configuration.GetSection(section.Path).Get(section.Options) ?? Activator.CreateInstance(section.Options)!;

    private static void Refuse(IReadOnlyCollection<string> broken)
    {
        if (broken.Count > 0) throw new GatewaySetupException(string.Join(" ", broken));
    }

    // Before the binder sees them: it reads a bare number as days and words its refusals for programmers. Times are put into the one
    // form it knows.
    private static List<string> Texts(IConfigurationSection section)
    {
        List<string> broken = [];
        foreach (var (key, given) in section.AsEnumerable().ToList())
        {
            if (string.IsNullOrEmpty(given)) continue;
            if (RuleOf(key, given, out var text) is { } rule) broken.Add($"{key} is '{given}'; it {rule}.");
            else if (text != given) section[key[(section.Path.Length + 1)..]] = text;
        }

        return broken;
    }

    private static string? RuleOf(string key, string given, out string text)
    {
        text = given;
        var type = SettingsTree.TypeOf(key);
        // what nothing reads is named elsewhere
        if (type is null) return SettingsTree.IsAbove(key) ? $"must be written entry by entry, such as {key}:0" : null;
        if (type == typeof(TimeSpan)) return RuleOfTime(given, out text);
        if (type == typeof(bool)) return bool.TryParse(given, out _) ? null : "must be true or false";
        if (type == typeof(int))
            return int.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                ? null
                : $"must be a whole number up to {int.MaxValue}";
        if (type == typeof(long))
            return long.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                ? null
                : "must be a whole number";
        return null;
    }

    private static string? RuleOfTime(string given, out string text)
    {
        var rule = Duration.TryParse(given, out var time, out var broken) ? null : broken;
        text = rule is null ? time.ToString("c", CultureInfo.InvariantCulture) : given;
        return rule;
    }

    // The rules of an object and of those in it; data annotations look at one object alone.
    private static IEnumerable<string> Broken(string path, object options)
    {
        var settings = options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite);
        foreach (var property in settings)
        {
            var value = property.GetValue(options);
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>().Where(rule => !rule.IsValid(value)))
                yield return $"{path}:{property.Name} is {Shown(value)}; it {Worded(rule)}.";
            foreach (var broken in Inside($"{path}:{property.Name}", value)) yield return broken;
        }

        foreach (var broken in (options as IValidatableObject)?.Validate(new ValidationContext(options)) ?? [])
            yield return $"{path}:{broken.MemberNames.First()} {broken.ErrorMessage}.";
    }

    private static IEnumerable<string> Inside(string path, object? value) => value switch
    {
        IDictionary entries => entries.Keys.Cast<object>().SelectMany(key => Inside($"{path}:{key}", entries[key])),
        { } options when options.GetType().Namespace?.StartsWith("Gateway.", StringComparison.Ordinal) is true => Broken(path, options),
        _ => [],
    };

    private static string Worded(ValidationAttribute rule) => rule switch
    {
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"must be from {range.Minimum} to {range.Maximum}"),
        AllowedValuesAttribute allowed => $"must be {string.Join(" or ", allowed.Values.Select(Shown))}",
        RequiredAttribute => "must not be empty",
        _ => rule.FormatErrorMessage(""),
    };

    private static string Shown(object? value) => value switch
    {
        null => "unset",
        string text => $"'{text}'",
        TimeSpan time => Duration.Show(time),
        IEnumerable<TimeSpan> times => string.Join(", ", times.Select(Duration.Show)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
