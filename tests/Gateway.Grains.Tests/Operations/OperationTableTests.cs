using Gateway.Grains.Tests.Support;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;
using Gateway.Upstreams.MiniMax;
using Gateway.Upstreams.MiniMax.Tasks;

namespace Gateway.Grains.Tests.Operations;

/// <summary>The table of operations is complete: what is not in it nobody can ask for, and what is in it everybody can serve.</summary>
public sealed class OperationTableTests
{
    public static TheoryData<string> Rows => [.. OperationTable.All.Select(row => row.Name)];

    [Fact]
    public void Every_kind_has_a_plain_operation_and_every_operation_a_kind()
    {
        Assert.All(Enum.GetValues<JobKind>(), kind => Assert.True(OperationTable.Has(kind, WorkOperation.Plain), $"{kind}"));
        Assert.All(
            Enum.GetValues<WorkOperation>().Except([WorkOperation.Plain]),
            which => Assert.Single(OperationTable.All, row => row.Which == which));
    }

    [Fact]
    public void No_two_rows_share_a_path_or_a_name()
    {
        Assert.Equal(OperationTable.All.Count, OperationTable.All.Select(row => row.Path).Distinct().Count());
        Assert.Equal(OperationTable.All.Count, OperationTable.All.Select(row => row.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_row_has_what_its_class_needs(string name)
    {
        var row = OperationTable.All.Single(one => one.Name == name);
        var (kind, which) = (row.Kind, row.Which);
        Assert.Contains(row.Path, NativePaths.All);
        Assert.All(
            row.ModelFamilies.Select(family => family.Name).Append(row.Family),
            family => Assert.NotNull(Shipped.Paces.Of(PlatformDriver.Name, family)));
        Assert.All(row.Uses, use => Assert.NotEmpty(use.Paths));
        // A task is judged by its queries; a call by what its answer shows, unless its maker names what it makes.
        if (row.Task is null) Assert.True(!row.ShownAt.IsEmpty || row.Makes is { IsNamedByCaller: true });
        Assert.Equal(row.Task is null, PlatformTasks.Of(kind, which) is null);
        // tokens of chats are free of charge until somebody prices them
        Assert.Equal(
            kind == JobKind.Chat ? 0 : 1, Math.Min(1, Shipped.Prices.Ceiling(PlatformDriver.Name, new Work(kind, "m", Operation: which))));
    }

    [Theory]
    [InlineData("video", "template_id,content", "video_template")]
    [InlineData("video", "content", "video_v2")]
    [InlineData("video", "", "video")]
    [InlineData("speech", "text_file_id,text", "speech_task")]
    [InlineData("chat", "content,template_id", "chat")]
    [InlineData("music", "lyrics", "music")]
    public void A_body_tells_which_operation_it_asks_for(string kind, string fields, string name) =>
        Assert.Equal(name, OperationTable.Told(JobNames.Kind(kind), fields.Split(',').Contains).Name);
}
