using System.Text.RegularExpressions;

namespace Gateway.Grains.Tests.Docs;

/// <summary>docs/rules.md has every number that code and tests cite, and tests for every number it has.</summary>
public sealed partial class RulesPageTests
{
    // The letters of the rules, and of the rows from the field trial. The latter are models and versions elsewhere (M2, V2, H3), so they
    // count only where they are cited as rules are: in parentheses, or at the front of a comment.
    private const string Rule = "[TLCJQPS][0-9]{1,2}";
    private const string Any = "[TLCJQPSVDAH][0-9]{1,2}";

    /// <summary>Each number with what the page says of it.</summary>
    private static readonly IReadOnlyDictionary<string, string> Page =
        Entry().Matches(Repository.Read("docs/rules.md")).ToDictionary(
            match => match.Groups[1].Value, match => match.Groups[2].Value.Trim(), StringComparer.Ordinal);

    private static readonly IReadOnlySet<string> Tested =
        Repository.Sources.Where(source => source.Key.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(source => TestedIn(source.Key, source.Value))
            .ToHashSet(StringComparer.Ordinal);

    [Fact]
    public void Every_number_that_code_or_a_test_cites_stands_on_the_page()
    {
        var cited = Repository.Sources.SelectMany(
            source => CitedIn(source.Value).Concat(TestedIn(source.Key, source.Value)).Select(number => (Number: number, source.Key)));
        Faults.None(
            cited.Where(place => !Page.ContainsKey(place.Number))
                .Select(place => $"docs/rules.md has no {place.Number}, which {place.Key} cites")
                .Distinct());
    }

    [Fact]
    public void Every_rule_has_a_test_or_the_page_says_that_it_has_none() =>
        Faults.None(
            Page.Where(rule => !HasNone(rule.Value) && !Tested.Contains(rule.Key)).Select(
                rule => $"No test has {rule.Key}_ in its name, and docs/rules.md does not say so"));

    [Fact]
    public void No_rule_that_is_said_to_have_no_test_has_one() =>
        Faults.None(
            Page.Where(rule => HasNone(rule.Value) && Tested.Contains(rule.Key)).Select(
                rule => $"{rule.Key} has a test by now: take the mark out of docs/rules.md"));

    [Fact]
    public void The_page_has_every_family() =>
        Assert.Equal("ACDHJLPQSTV", string.Concat(Page.Keys.Select(number => number[0]).Distinct().Order()));

    private static bool HasNone(string text) => NoTest().IsMatch(text);

    private static IEnumerable<string> CitedIn(string source) =>
        Repository.CommentsOf(source).SelectMany(comment =>
            RuleInText().Matches(comment).Select(match => match.Value)
                .Concat(List().Matches(comment).SelectMany(match => match.Groups[1].Value.Split(", "))));

    // Rows of a theory are tests too: those of the vendor's answers have their number in their name.
    private static IEnumerable<string> TestedIn(string path, string source) =>
        TestName().Matches(source).SelectMany(match => match.Groups[1].Value.Split('_', StringSplitOptions.RemoveEmptyEntries))
            .Concat(
                path.Contains("/Vendor/", StringComparison.Ordinal)
                    ? RowName().Matches(source).Select(match => match.Groups[1].Value)
                    : []);

    [GeneratedRegex(@"^- \*\*(" + Any + @")\*\* ((?:.+\n?)(?:^  .+\n?)*)", RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex(@"\((?:not built yet|no test bears this number)[^()]*\)$")]
    private static partial Regex NoTest();

    // Not behind a quote: parameters are named after percentiles.
    [GeneratedRegex(@"(?<![\w""-])" + Rule + @"\b")]
    private static partial Regex RuleInText();

    [GeneratedRegex(@"(?:\(|^\W*(?:<summary>)?)(" + Any + "(?:, " + Any + @")*)[):;,]")]
    private static partial Regex List();

    [GeneratedRegex(@"\b(?:void|Task) ((?:" + Any + @"_)+)\w+\(")]
    private static partial Regex TestName();

    [GeneratedRegex(@"""(" + Any + ") ")]
    private static partial Regex RowName();
}
