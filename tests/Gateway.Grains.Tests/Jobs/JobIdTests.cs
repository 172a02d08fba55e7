using FsCheck;
using FsCheck.Fluent;
using Gateway.Engine.Jobs;
using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Testing;

namespace Gateway.Grains.Tests.Jobs;

public sealed class JobIdTests
{
    private static JobIdSource Source(TimeProvider clock, int place = 0, bool isShort = true, DateTimeOffset idsAfter = default) =>
        new(clock, new NodeIdentity("node", NodeNumbers.First + place, idsAfter)) { MayShorten = isShort };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ids_rise_even_when_the_clock_steps_back(bool isShort)
    {
        var clock = new ManualClock();
        var source = Source(clock, 3, isShort);
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
        int[] places = [0, 1, 2, 62, 63, 64, 65, NodeNumbers.Last - NodeNumbers.First];
        HashSet<JobId> seen = [];
        HashSet<long> shown = [];
        foreach (var source in places.Select(place => Source(clock, place)))
        {
            for (var i = 0; i < 10_000; i++)
            {
                var id = source.Next();
                Assert.True(seen.Add(id) && shown.Add(id.Shown));
            }
        }
    }

    [Fact]
    public void Ids_of_nodes_of_the_version_before_never_meet_those_of_this_one()
    {
        var clock = new ManualClock();
        HashSet<JobId> seen = [];
        foreach (var old in new[] { 0, 1, 63, NodeNumbers.First - 1 }.Select(number => new JobIdSource(clock, new NodeIdentity("old", number)) { MayShorten = true }))
            for (var i = 0; i < 10_000; i++) Assert.True(seen.Add(old.Next()));
        foreach (var source in new[] { Source(clock), Source(clock, 1, isShort: false), Source(clock, 63), Source(clock, 64) })
            for (var i = 0; i < 10_000; i++) Assert.True(seen.Add(source.Next()));
    }

    // An id that was given out whole is shown whole: none of an older version carries the mark, however its clock went.
    [Fact]
    public void Ids_of_the_version_before_are_shown_and_found_as_they_were_given_out()
    {
        var clock = new ManualClock();
        var old = new JobIdSource(clock, new NodeIdentity("old", 0));
        for (var i = 0; i < 10_000; i++)
        {
            if (i == 3_000) clock.Set(clock.Now.AddSeconds(-30)); // from here on its counter runs on and on
            var id = old.Next();
            Assert.Equal($"{id.Value}", $"{id}");
            Assert.True(JobId.TryParse($"{id.Value}", out var found));
            Assert.Equal(id, found);
        }
    }

    [Fact]
    public void Short_ids_fit_what_a_double_holds_until_2094_and_whole_ones_63_bits()
    {
        var clock = new ManualClock(new DateTimeOffset(2094, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var id = Source(clock, 63).Next();

        Assert.True(id.Shown < 1L << 53 && id.Value > 0);
        Assert.Equal(id.Shown, (long)(double)id.Shown);
        Assert.True(Source(clock, 64).Next().Value > 0);
    }

    private static readonly Gen<long> Numbers =
        from bits in Gen.Choose(1, 52)
        from high in Gen.Choose(0, int.MaxValue)
        from low in Gen.Choose(0, int.MaxValue)
        select Math.Max(1, (((long)high << 22) ^ low) & ((2L << bits) - 1));

    [Fact]
    public void Every_number_below_2_to_the_53_reads_back_and_they_order_as_they_are_stored() => Law.HoldsForAll(Numbers, numbers =>
    {
        var ids = numbers.Select(number => JobId.TryParse($"{number}", out var id) ? id : default).ToList();
        Assert.Equal(numbers, ids.Select(id => id.Shown));
        Assert.Equal(numbers.Order(), ids.Order().Select(id => id.Shown));
    });

    [Fact]
    public void Every_number_a_caller_may_write_is_some_positive_id()
    {
        foreach (var number in new[] { 1, 4095, 4096, (1L << 53) - 1, 1L << 53, (1L << 53) + 1, (1L << 62) + 5, long.MaxValue })
            Assert.True(JobId.TryParse($"{number}", out var id) && id.Value > 0);
    }

    // Who reads the database and asks with what stands there finds the job too, under the id its owner knows.
    [Fact]
    public void The_stored_form_of_a_short_id_leads_to_it()
    {
        var id = Source(new ManualClock()).Next();

        Assert.True(JobId.TryParse($"{id.Value}", out var found));
        Assert.Equal(id, found);
    }

    [Fact]
    public void Ids_are_whole_until_every_live_node_reads_short_ones_and_rise_over_every_change()
    {
        var source = new JobIdSource(new ManualClock(), new NodeIdentity("node", NodeNumbers.First));
        var last = source.Next();
        Assert.Equal(last.Value, last.Shown);
        for (var change = 0; change < 10; change++)
        {
            var isShort = source.MayShorten = change % 2 == 0;
            var next = source.Next();
            Assert.Equal(isShort, next.Shown < 1L << 53);
            Assert.True(next.CompareTo(last) > 0, $"{next} after {last}");
            last = next;
        }
    }

    [Fact]
    public async Task Ids_are_unique_among_threads()
    {
        var source = Source(TimeProvider.System, 63);
        var batches = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 20_000).Select(_ => source.Next()).ToList())));

        Assert.Equal(80_000, batches.SelectMany(ids => ids).Distinct().Count());
        Assert.All(batches, ids => Assert.Equal(ids.Order(), ids));
    }

    [Fact]
    public void Ids_are_positive_until_2094_and_sort_by_time_across_nodes()
    {
        var clock = new ManualClock(new DateTimeOffset(2094, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var early = Source(new ManualClock(), 63).Next();
        var late = Source(clock).Next();

        Assert.True(late.Value > early.Value && early.Value > 0);
    }

    /// <summary>An incarnation that holds a node number for a while.</summary>
    private sealed record Holder(int ClockStep, int Ids, bool IsShort);

    private static readonly Gen<Holder> Holders =
        from step in Gen.Choose(-20_000, 20_000)
        from ids in Gen.Choose(1, 500)
        from isShort in Gen.Choose(0, 3)
        select new Holder(step, ids, isShort > 0);

    // Holders come and go and borrow ahead of a clock that is set back and forth; the next one knows only the newest of what was stored.
    [Fact]
    public void No_holder_of_a_node_number_repeats_what_an_earlier_one_made() => Law.HoldsForAll(Holders, holders =>
    {
        var clock = new ManualClock();
        HashSet<JobId> seen = [];
        foreach (var holder in holders)
        {
            clock.Set(clock.Now.AddMilliseconds(holder.ClockStep));
            var newest = seen.Count > 0 ? JobIdSource.MadeAt(seen.Max()) : clock.Now;
            var source = Source(clock, 5, holder.IsShort, newest > clock.Now ? newest : clock.Now);
            for (var made = 0; made < holder.Ids; made++)
            {
                if (made % 100 == 50) clock.Set(clock.Now.AddMilliseconds(-holder.ClockStep));
                Assert.True(seen.Add(source.Next()));
            }
        }
    });

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
