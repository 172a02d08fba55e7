using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Kinds;
using Gateway.Model.Settings;
using Gateway.Silo.Hosting.Settings;
using Gateway.Upstreams.MiniMax;

namespace Gateway.Grains.Tests.Docs;

/// <summary>The README's table of settings is what the code declares.</summary>
public sealed partial class SettingsTableTests
{
    private const string Page = "README.md";
    private const string HowToUpdate =
        "README.md has another table of settings than the code. When the change is meant: GATEWAY_UPDATE_SETTINGS=1 dotnet test " +
            "tests/Gateway.Grains.Tests --filter The_table_is_made, and commit the file.";

    [Fact]
    public void The_table_is_made_from_the_declarations()
    {
        var page = Repository.Read(Page);
        if (Environment.GetEnvironmentVariable("GATEWAY_UPDATE_SETTINGS") == "1")
            Repository.Write(Page, page = page.Replace(SettingsTable.In(page), SettingsTable.Make(), StringComparison.Ordinal));
        Assert.True(SettingsTable.In(page) == SettingsTable.Make(), HowToUpdate);
    }

    [Fact]
    public void Every_setting_has_a_row_and_every_row_a_setting()
    {
        var rows = SettingsTable.NamesIn(SettingsTable.In(Repository.Read(Page))).ToList();
        var settings = SettingsTree.All.Select(setting => setting.Shown).ToList();
        Faults.None(settings.Except(rows).Select(setting => $"README.md has no row of {setting}"));
        Faults.None(rows.Except(settings).Select(row => $"README.md has a row of {row}, which nothing reads"));
        Assert.Equal(settings.Count, rows.Count);
    }

    [Fact]
    public void Every_setting_says_what_it_means() =>
        Faults.None(
            SettingsTree.All.Where(
                setting => SettingsTable.Meaning(setting).Length == 0).Select(setting => $"{setting.Shown} has no summary"));

    [Fact]
    public void No_two_features_declare_the_same_setting() =>
        Assert.Equal(
            SettingsTree.All.Count, SettingsTree.All.Select(setting => setting.Path).Distinct(StringComparer.OrdinalIgnoreCase).Count());

    // What is shipped in a table is no property's default; the comment says it in words.
    [Fact]
    public void Defaults_in_words_are_those_that_hold()
    {
        Assert.Equal(string.Join(", ", new OverloadOptions().Pauses.Select(Duration.Show)), DefaultOf("Gateway:OverloadBackOff:*"));
        Assert.Equal(RunsOf(limit => limit.LongestRun), RunsIn(DefaultOf("Gateway:Limits:*:LongestRun")));
        Assert.Equal(RunsOf(limit => limit.ExpectedRun), RunsIn(DefaultOf("Gateway:Limits:*:ExpectedRun")));
        var shipped = PlatformTerms.Shipped.Paces.ToDictionary(limit => PaceTable.Key(PlatformDriver.Name, limit.Family));
        foreach (var (family, number) in FamiliesIn(DefaultOf("Gateway:Pace:*:Rpm"))) Assert.Equal(shipped[family].Rpm, number);
        foreach (var (family, number) in FamiliesIn(DefaultOf("Gateway:Pace:*:Tpm")))
            Assert.Equal(shipped[family].Tpm, number * 1_000_000L);
    }

    private static IEnumerable<string> RunsOf(Func<KindLimit, TimeSpan> run) =>
        JobNames.AllKinds.Select(
            name => $"{name} {Duration.Show(run(KindLimits.Default[Enum.Parse<JobKind>(name, ignoreCase: true)]))}").Order();

    private static IEnumerable<string> RunsIn(string words) => words.Split(", ").Order();

    private static List<(string Family, int Number)> FamiliesIn(string words)
    {
        var families = Family().Matches(words)
            .Select(match => (match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)))
            .ToList();
        Assert.NotEmpty(families);
        return families;
    }

    private static string DefaultOf(string path) => SettingsTable.Default(SettingsTree.All.Single(setting => setting.Path == path));

    [GeneratedRegex("`([^`]+)` ([0-9]+)")]
    private static partial Regex Family();
}
