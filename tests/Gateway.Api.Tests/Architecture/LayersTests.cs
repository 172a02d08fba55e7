namespace Gateway.Api.Tests.Architecture;

/// <summary>
/// References go one way: from project to project as in the picture of docs/architecture.md, and within a project from folder to folder
/// without a circle.
/// </summary>
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
    public void A_project_refers_to_those_below_it_alone(string project, string[] below) =>
        Assert.Empty(CodeMap.ReferencesOf(project).Except(below));

    [Theory]
    [MemberData(nameof(Layers))]
    public void Folders_of_a_project_refer_to_each_other_in_no_circle(string project, string[] below)
    {
        _ = below;
        var circles = CodeMap.CirclesOf(CodeMap.NamespacesOf(project));
        Assert.True(circles.Count == 0, string.Join(Environment.NewLine, circles));
    }

    /// <summary>One surface knows nothing of another, and the machinery of calls and submits nothing of any.</summary>
    [Fact]
    public void Surfaces_refer_to_no_other_and_nothing_below_refers_to_them()
    {
        const string Surfaces = "Gateway.Api.Surfaces.";
        foreach (var (folder, targets) in CodeMap.NamespacesOf(Api))
        {
            var surfaces = targets.Keys.Where(target => target.StartsWith(Surfaces, StringComparison.Ordinal)).Select(SurfaceOf).Distinct();
            if (folder.StartsWith(Surfaces, StringComparison.Ordinal)) Assert.Empty(surfaces.Except([SurfaceOf(folder)]));
            else if (folder is not (Api or "Gateway.Api.Admin")) Assert.Empty(surfaces);
        }

        static string SurfaceOf(string folder) => folder[Surfaces.Length..].Split('.')[0];
    }

    /// <summary>
    /// Whatever a node asks of an upstream it asks through its driver: the vendor's own types are named where it is registered, and nowhere
    /// else.
    /// </summary>
    [Fact]
    public void A_vendor_is_named_where_it_is_registered_alone() =>
        Assert.Equal(["Gateway.Silo.Hosting.GrainServices"], CodeMap.UsersOf(MiniMax, Silo).Concat(CodeMap.UsersOf(MiniMax, Api)));

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
