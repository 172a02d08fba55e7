using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Jobs;

public sealed class KindLimitsTests
{
    [Theory]
    [InlineData("Video", 45, 10)]
    [InlineData("Music", 20, 2)]
    [InlineData("Chat", 15, 2)]
    [InlineData("Image", 10, 2)]
    [InlineData("Speech", 10, 2)]
    public void J9_Each_kind_has_its_longest_and_its_expected_run_and_may_be_silent_to_its_hard_end(string kind, int longest, int expected)
    {
        var limit = KindLimits.Default[Enum.Parse<JobKind>(kind)];

        Assert.Equal((TimeSpan.FromMinutes(longest), TimeSpan.FromMinutes(expected)), (limit.LongestRun, limit.ExpectedRun));
        Assert.Equal(new Silence(limit.LongestRun, limit.LongestRun), limit.Silence);
    }

    [Fact]
    public void J9_Connections_reads_and_the_margin_of_a_token_are_alike_for_all_kinds()
    {
        Assert.Equal(TimeSpan.FromSeconds(10), KindLimits.Connect);
        Assert.Equal(new Silence(TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(120)), KindLimits.Quick);
        Assert.Equal(TimeSpan.FromMinutes(1), KindLimits.TokenMargin);
    }

    [Fact]
    public void J9_A_setting_replaces_one_kinds_row_and_leaves_the_others()
    {
        var chat = new KindLimit(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1)) { FirstByte = TimeSpan.FromSeconds(7) };
        var limits = new KindLimits(new Dictionary<JobKind, KindLimit> { [JobKind.Chat] = chat });

        Assert.Equal(chat, limits[JobKind.Chat]);
        Assert.Equal(new Silence(TimeSpan.FromSeconds(7), TimeSpan.FromMinutes(5)), limits[JobKind.Chat].Silence);
        Assert.Equal(KindLimits.Default[JobKind.Music], limits[JobKind.Music]);
    }
}
