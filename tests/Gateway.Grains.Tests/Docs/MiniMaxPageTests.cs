using System.Text.RegularExpressions;

namespace Gateway.Grains.Tests.Docs;

/// <summary>
/// Comments cite facts about MiniMax's API as <c>docs/minimax.md, "Errors"</c>: a page that is here, and a heading it has.
/// </summary>
public sealed partial class MiniMaxPageTests
{
    [Fact]
    public void Every_heading_that_a_comment_cites_is_there()
    {
        var headings = Heading().Matches(Repository.Read("docs/minimax.md"))
            .Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        var cited = Repository.Sources.SelectMany(
            source =>
                Repository.CommentsOf(source.Value).SelectMany(HeadingsIn).Select(heading => (Heading: heading, source.Key))).ToList();

        Assert.NotEmpty(cited);
        Faults.None(
            cited.Where(place => !headings.Contains(place.Heading)).Select(
                place => $"docs/minimax.md has no \"{place.Heading}\", which {place.Key} cites"));
    }

    private static IEnumerable<string> HeadingsIn(string comment) =>
        Citation().Matches(comment).SelectMany(match => match.Groups[1].Captures.Select(capture => capture.Value));

    [GeneratedRegex("^## (.+?)\r?$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("""docs/minimax\.md(?:(?:, | to )"([^"]+)")+""")]
    private static partial Regex Citation();
}
