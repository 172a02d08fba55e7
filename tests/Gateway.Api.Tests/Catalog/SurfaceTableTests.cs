using System.Text.RegularExpressions;
using Gateway.Api.Surfaces.MiniMax;
using Gateway.Api.Tests.Video;

namespace Gateway.Api.Tests.Catalog;

/// <summary>docs/surfaces.md says of every one of MiniMax's endpoints what the code does, and which tests hold it to that.</summary>
public sealed partial class SurfaceTableTests
{
    private static readonly IReadOnlyDictionary<string, (string Class, string Tests)> Table = Rows();

    public static IEnumerable<object[]> Endpoints =>
        NativeEndpoints.All.Select(
            endpoint => new object[] { $"{endpoint.Method} {endpoint.Path}", endpoint.Class.ToString().ToLowerInvariant() });

    [Theory]
    [MemberData(nameof(Endpoints))]
    public void Every_endpoint_stands_in_the_table_with_its_class_and_tests_that_exist(string endpoint, string @class)
    {
        Assert.True(Table.TryGetValue(endpoint, out var row), $"docs/surfaces.md has no row for {endpoint}");
        Assert.Equal(@class, row.Class);

        var tests = TestName().Matches(row.Tests).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(tests);
        Assert.All(tests, name => Assert.Contains(typeof(VideoContract).Assembly.GetTypes(), type => type.Name == name));
    }

    [Fact]
    public void No_row_names_an_endpoint_that_is_not_there()
    {
        var endpoints = NativeEndpoints.All.Select(endpoint => $"{endpoint.Method} {endpoint.Path}").ToHashSet(StringComparer.Ordinal);
        Assert.All(Table.Keys, row => Assert.Contains(row, endpoints));
    }

    private static Dictionary<string, (string, string)> Rows()
    {
        var text = File.ReadAllText(Path.Combine(Root(), "docs", "surfaces.md"));
        var native = text[
            text.IndexOf("## MiniMax's own API", StringComparison.Ordinal)..text.IndexOf("## The gateway's own", StringComparison.Ordinal)];
        return Row().Matches(native).ToDictionary(match => match.Groups[1].Value, match => (match.Groups[2].Value, match.Groups[3].Value));
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Gateway.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex(@"^\| `((?:GET|POST|DELETE) [^`]+)` \| (\w+) \|.*\| ([^|]*) \|\s*$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([A-Za-z0-9]+)`")]
    private static partial Regex TestName();
}
