using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Gateway.Model.Settings;
using Gateway.Silo.Hosting.Settings;

namespace Gateway.Grains.Tests.Docs;

/// <summary>
/// The README's table of settings, made from their declarations: the name, the comment's summary, the default and the range.
/// </summary>
internal static partial class SettingsTable
{
    private const string Begin = "<!-- settings: made from the code, see CONTRIBUTING.md -->\n";
    private const string End = "<!-- end of settings -->\n";

    // From the largest down. No number of another meaning is a whole one of these.
    private static readonly (string Unit, long Bytes)[] Sizes =
    [
        ("PiB", 1L << 50), ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10)
    ];

    private static readonly Dictionary<Assembly, XDocument> Comments = [];

    public static string Make() =>
        $"{Begin}| Setting | Meaning | Default | Range |\n|---|---|---|---|\n{string.Concat(SettingsTree.All.Select(Row))}{End}";

    /// <summary>The table as the page has it.</summary>
    public static string In(string page) =>
        page[page.IndexOf(Begin, StringComparison.Ordinal)..(page.IndexOf(End, StringComparison.Ordinal) + End.Length)];

    /// <summary>The names in the rows of a table.</summary>
    public static IEnumerable<string> NamesIn(string table) => Name().Matches(table).Select(match => match.Groups[1].Value);

    /// <summary>What a setting means; empty where nothing says so.</summary>
    public static string Meaning(KnownSetting setting) => Comment(setting, "summary");

    /// <summary>What holds where a setting is not written.</summary>
    public static string Default(KnownSetting setting) =>
        Comment(setting, "value") is { Length: > 0 } words
            ? words
            : Shown(setting.Property.GetValue(Activator.CreateInstance(setting.Property.DeclaringType!)));

    private static string Row(KnownSetting setting) =>
        $"| `{setting.Shown}` | {Meaning(setting).TrimEnd('.')} | {Default(setting)} | {Range(setting)} |\n";

    private static string Range(KnownSetting setting) => setting.Type == typeof(bool)
        ? "`true`, `false`"
        : string.Join("; ", setting.Property.GetCustomAttributes<ValidationAttribute>().Select(Worded).OfType<string>());

    private static string? Worded(ValidationAttribute rule) => rule switch
    {
        TimeRangeAttribute time => $"{time.Least} to {time.Most}",
        RangeAttribute range => $"{Number(range.Minimum)} to {Number(range.Maximum)}",
        AllowedValuesAttribute allowed => string.Join(", ", allowed.Values.Select(value => $"`{value}`")),
        _ => null,
    };

    private static string Shown(object? value) => value switch
    {
        null or Array { Length: 0 } => "none",
        string text => $"`{text}`",
        bool flag => flag ? "`true`" : "`false`",
        TimeSpan time => Duration.Show(time),
        _ => Number(value),
    };

    private static string Number(object value)
    {
        // A decimal made of a double has fifteen digits, a range in bytes more.
        var number = value is double whole && double.IsInteger(whole)
            ? (long)whole
            : Convert.ToDecimal(value, CultureInfo.InvariantCulture);
        foreach (var (unit, bytes) in Sizes)
            if (number >= bytes && number % bytes == 0 && number / bytes < 1024)
                return string.Create(CultureInfo.InvariantCulture, $"{number / bytes} {unit}");
        return number.ToString(CultureInfo.InvariantCulture);
    }

    // The compiler writes internal comments too, into a file beside the assembly.
    private static string Comment(KnownSetting setting, string part)
    {
        var declaring = setting.Property.DeclaringType!;
        if (!Comments.TryGetValue(declaring.Assembly, out var comments))
            Comments[declaring.Assembly] = comments = XDocument.Load(Path.ChangeExtension(declaring.Assembly.Location, ".xml"));
        var member = comments.Descendants("member").FirstOrDefault(
            member => (string?)member.Attribute("name") == $"P:{declaring.FullName}.{setting.Property.Name}");
        return member?.Element(part) is { } text
            ? Space().Replace(string.Concat(text.Nodes().Select(Markdown)), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal)
            : "";
    }

    private static string Markdown(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see => $"`{PathOf(see.Attribute("cref")!.Value)}`",
        _ => throw new InvalidOperationException($"The comment of a setting has {node}, for which the table has no words."),
    };

    private static string PathOf(string cref) =>
        SettingsTree.All.Single(setting => cref == $"P:{setting.Property.DeclaringType!.FullName}.{setting.Property.Name}").Shown;

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"^\| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Name();
}
