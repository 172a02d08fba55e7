using System.Runtime.CompilerServices;

namespace Gateway.Api.Tests.Architecture;

/// <summary>What can be seen without turning one's head: a line ends at 140 columns, and a class asks for eight others at most.</summary>
public sealed class LineTests
{
    private const int Columns = 140;
    private const int Parameters = 8;

    [Fact]
    public void No_line_of_the_program_is_longer_than_140_columns() => Assert.Empty(
        from file in Directory.EnumerateFiles(Path.Combine(Root(), "src"), "*.cs", SearchOption.AllDirectories)
        where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        from line in File.ReadLines(file).Index()
        where line.Item.Length > Columns
        select $"{Path.GetFileName(file)}({line.Index + 1}) has {line.Item.Length} columns");

    /// <summary>Records are data and may have many fields; whoever works asks for few.</summary>
    [Theory]
    [InlineData("Gateway.Engine")]
    [InlineData("Gateway.Grains")]
    [InlineData("Gateway.Silo")]
    [InlineData("Gateway.Api")]
    [InlineData("Gateway.Storage.Sqlite")]
    [InlineData("Gateway.Storage.Postgres")]
    [InlineData("Gateway.Upstreams.MiniMax")]
    public void No_class_asks_for_more_than_eight_others(string project) =>
        Assert.DoesNotContain(CodeMap.ConstructorsOf(project), one => one.Parameters > Parameters);

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
