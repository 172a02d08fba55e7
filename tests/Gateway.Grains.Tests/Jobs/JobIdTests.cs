using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Tests.Support;
using Gateway.Testing;

namespace Gateway.Grains.Tests.Jobs;

public sealed class JobIdTests
{
    [Fact]
    public void Ids_rise_even_when_the_clock_steps_back()
    {
        var clock = new ManualClock();
        var source = new JobIdSource(clock, nodeNumber: 3);
        var last = source.Next();
        for (var i = 0; i < 20_000; i++)
        {
            if (i % 1000 == 0) clock.Set(clock.Now.AddMilliseconds(i % 3000 == 0 ? -5000 : 2));
            var next = source.Next();
            Assert.True(next.CompareTo(last) > 0, $"{next} after {last}");
            last = next;
        }
    }

    [Fact]
    public void Ids_of_different_nodes_never_meet_and_ids_of_one_node_never_repeat()
    {
        var clock = new ManualClock();
        int[] numbers = [0, 1, 2, 511, 1023];
        HashSet<JobId> seen = [];
        foreach (var source in numbers.Select(number => new JobIdSource(clock, number)))
            for (var i = 0; i < 10_000; i++) Assert.True(seen.Add(source.Next()));
    }

    [Fact]
    public async Task Ids_are_unique_among_threads()
    {
        var source = new JobIdSource(TimeProvider.System, nodeNumber: 1023);
        var batches = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 20_000).Select(_ => source.Next()).ToList())));

        Assert.Equal(80_000, batches.SelectMany(ids => ids).Distinct().Count());
        Assert.All(batches, ids => Assert.Equal(ids.Order(), ids));
    }

    [Fact]
    public void Ids_are_positive_until_2094_and_sort_by_time_across_nodes()
    {
        var clock = new ManualClock(new DateTimeOffset(2094, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var early = new JobIdSource(new ManualClock(), 1023).Next();
        var late = new JobIdSource(clock, 0).Next();

        Assert.True(late.Value > early.Value && early.Value > 0);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("9223372036854775807", true)]
    [InlineData("0", false)]
    [InlineData("-1", false)]
    [InlineData("+1", false)]
    [InlineData(" 1", false)]
    [InlineData("1.0", false)]
    [InlineData("9223372036854775808", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_job_id_is_a_positive_decimal(string? text, bool isId) => Assert.Equal(isId, JobId.TryParse(text, out _));

    [Theory]
    [InlineData("1", true)]
    [InlineData("00123456789012345678901234567890", true)]
    [InlineData("123456789012345678901234567890123", false)]
    [InlineData("12a", false)]
    [InlineData("١", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void An_account_id_is_up_to_32_ascii_digits(string? text, bool isId) => Assert.Equal(isId, AccountId.TryParse(text, out _));

    [Theory]
    [InlineData("m", null)]
    [InlineData(null, "17")]
    [InlineData("a|b|c", "17")]
    public void A_lanes_name_reads_back(string? model, string? pinned)
    {
        var work = new Work(JobKind.Video, model, pinned is null ? null : new AccountId(pinned));

        Assert.Equal(work, Work.FromLane(work.Lane));
        Assert.Equal(work.Lane, Make.Job(model: model, pinned: work.Pinned).Lane);
    }

    [Theory]
    [InlineData("video")]
    [InlineData("film|*|m")]
    public void What_is_no_lane_is_refused(string lane) => Assert.Throws<FormatException>(() => Work.FromLane(lane));
}
