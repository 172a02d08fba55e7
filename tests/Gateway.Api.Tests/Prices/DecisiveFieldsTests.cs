using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Api.Tests.Prices;

/// <summary>What a body decides is read once, and by the strictest reading an upstream might give it.</summary>
public sealed class DecisiveFieldsTests
{
    private const string LongKelvin = "max_to\\u212aens";

    [Theory]
    [InlineData("9.0")]
    [InlineData("9e0")]
    [InlineData("\"9\"")]
    [InlineData("[9]")]
    [InlineData("90")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1e400")]
    [InlineData("99999999999999999999")]
    [InlineData("{\"n\":9}")]
    [InlineData("true")]
    [InlineData("\"\"")]
    public void H2_a_number_that_readers_differ_about_is_refused_by_field_and_rule(string value)
    {
        Refused(JobKind.Image, $$"""{"model":"m","n":{{value}}}""", "n", "integer from 1 to 9");
        Refused(JobKind.Image, $$"""{"model":"m","N":{{value}}}""", "n", "integer from 1 to 9");
        Refused(JobKind.Video, $$"""{"model":"m","content":[],"duration":{{value}}}""", "duration", "integer from 1 to 15");
        if (value is "90") return;
        Refused(JobKind.Chat, $$"""{"model":"m","max_tokens":{{value}}}""", "max_tokens", "integer from 1 to 1000000");
        Refused(JobKind.Chat, $$"""{"model":"m","{{LongKelvin}}":{{value}}}""", "max_tokens", "integer from 1 to 1000000");
        Refused(
            JobKind.Chat, $$"""{"model":"m","max_completion_tokens":{{value}}}""", "max_completion_tokens", "integer from 1 to 1000000");
    }

    [Theory]
    [InlineData("9")]
    [InlineData("[\"a\"]")]
    [InlineData("{\"a\":1}")]
    [InlineData("true")]
    public void H2_a_text_that_is_none_is_refused(string value) =>
        Refused(JobKind.Speech, $$"""{"model":"m","text":{{value}}}""", "text", "must be a string");

    [Theory]
    [InlineData("""{"model":"m"}""", 1)]
    [InlineData("""{"model":"m","n":null}""", 1)]
    [InlineData("""{"model":"m","n":4}""", 4)]
    [InlineData("""{"model":"m","N":9}""", 9)]
    [InlineData("""{"model":"m","\u004e":9}""", 9)]
    public void H2_pictures_are_counted_under_any_spelling(string body, int units) => Assert.Equal(units, UnitsOf(JobKind.Image, body));

    [Theory]
    [InlineData("""{"model":"m","content":[]}""", 15)]
    [InlineData("""{"model":"m","content":[],"Duration":6}""", 6)]
    [InlineData("""{"model":"m","duration":6,"content":[{"type":"video_url","Video_URL":{"url":"https://x"}}]}""", 6 + 18)]
    [InlineData("""{"model":"m","CONTENT":[{"type":"text","text":"x"}],"duration":4}""", 4)]
    public void H2_seconds_of_video_include_what_a_reference_may_add(string body, int units) =>
        Assert.Equal(units, UnitsOf(JobKind.Video, body));

    [Fact]
    public void H2_another_take_is_as_long_as_its_task_may_have_been_whatever_the_body_says() =>
        Assert.Equal(
            15 + 18,
            NativeRequest.Read(JobKind.Video, WorkOperation.VideoRegeneration, """{"task_id":"1","duration":1}"""u8.ToArray()).Work.Units);

    [Theory]
    [InlineData("""{"model":"MiniMax-M2","max_tokens":1000}""", 2)]
    [InlineData("""{"model":"MiniMax-M2","max_tokens":50,"max_completion_tokens":9000}""", 10)]
    [InlineData("""{"model":"MiniMax-M2","max_tokens":9000,"max_completion_tokens":50}""", 10)]
    [InlineData("""{"model":"MiniMax-M2","max_tokens":null}""", 11)]
    [InlineData("""{"model":"MiniMax-M3"}""", 132)]
    [InlineData("""{"model":"MiniMax-M2","max_tokens":1000,"n":3}""", 4)]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"content":[{"type":"image_url","image_url":{"url":"https://x"}}]}]}""", 17)]
    public void H2_tokens_are_the_most_that_may_be_read_and_written(string body, int units) =>
        Assert.Equal(units, UnitsOf(JobKind.Chat, body));

    [Theory]
    [InlineData("{}", "true", true)]
    [InlineData("{}", "false", false)]
    [InlineData("{}", "null", false)]
    public void H7_stream_is_read_whatever_its_case(string messages, string value, bool streams)
    {
        foreach (var name in new[] { "stream", "Stream", "STREAM", "\\u017ftream" })
            Assert.Equal(
                streams,
                NativeRequest.Read(
                    JobKind.Chat, WorkOperation.Plain,
                    Encoding.UTF8.GetBytes($$"""{"model":"m","messages":{{messages}},"{{name}}":{{value}}}""")).Stream);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"true\"")]
    [InlineData("[]")]
    public void H7_stream_is_true_or_false_under_any_case(string value) =>
        Refused(JobKind.Chat, $$"""{"model":"m","Stream":{{value}}}""", "stream", "true or false");

    [Theory]
    [InlineData("model", "\"a\"")]
    [InlineData("stream", "false")]
    [InlineData("n", "1")]
    [InlineData("text", "\"a\"")]
    [InlineData("callback_url", "null")]
    [InlineData("text_file_id", "1")]
    [InlineData("voice_setting", "{}")]
    [InlineData("output_format", "\"hex\"")]
    public void H2_a_decisive_name_stands_once_in_whatever_case(string name, string value)
    {
        foreach (var again in new[] { name, name.ToUpperInvariant(), $"\\u{(int)name[0]:x4}{name[1..]}" })
            Refused(JobKind.Speech, $$"""{"{{name}}":{{value}},"other":1,"{{again}}":{{value}}}""", name, "once");
    }

    [Fact]
    public void H2_a_job_names_the_field_in_its_request()
    {
        var refused = Assert.Throws<ApiException>(
            () => NativeRequest.Read(JobKind.Image, null, """{"model":"m","N":90}"""u8.ToArray(), "request."));
        Assert.Equal((400, "request.n"), (refused.Error.Status, Assert.Single(refused.Error.Errors!).Field));
    }

    private sealed record Case(JobKind Kind, WorkOperation Operation, string Field, long Most, long Unsaid);

    // What each price counts, what the vendor serves at most, and what it makes where nothing is said.
    private static readonly Case[] Cases =
    [
        new(JobKind.Image, WorkOperation.Plain, "n", 9, 1),
        new(JobKind.Video, WorkOperation.VideoV2, "duration", 15, 15),
        new(JobKind.Video, WorkOperation.VideoContext, "duration", 15, 15),
        new(JobKind.Chat, WorkOperation.Plain, "max_tokens", 1_000_000, 10_240),
        new(JobKind.Chat, WorkOperation.Plain, "max_completion_tokens", 1_000_000, 10_240),
    ];

    private static readonly Gen<string> Scalars = Gen.Frequency(
        (4, Gen.Choose(-3, 20).Select(number => $"{number}")),
        (2, Gen.Elements("9.0", "9e0", "90", "8.999", "0.5", "1e3", "-0", "1e400", "9223372036854775807", "9223372036854775808", "1E+2", "1000000", "1000001")),
        (2, Gen.Choose(-3, 100).Select(number => $"\"{number}\"")),
        (1, Gen.Elements("null", "true", "false", "\"\"", "\"9.0\"", "\" 9 \"", "\"nine\"", "\"\\ud800\"", "\"1,000\"")));

    private static readonly Gen<string> Values = Gen.Frequency(
        (6, Scalars),
        (1, Scalars.Select(value => $"[{value}]")),
        (1, Scalars.Two().Select(pair => $"[{pair.Item1},[{pair.Item2}]]")),
        (1, Scalars.Select(value => $$"""{"value":{{value}}}""")));

    private static Gen<string> NamesOf(string name) => Gen.Elements(
        name, name, name, name.ToUpperInvariant(), char.ToUpperInvariant(name[0]) + name[1..], $"\\u{(int)name[0]:x4}{name[1..]}",
        name + "_", "other");

    private static readonly Gen<(Case Case, string Body)> Requests =
        from one in Gen.Elements(Cases)
        from fields in NamesOf(one.Field).Zip(Values).ListOf()
        select (
            one,
            $$"""{"model":"MiniMax-M2",{{string.Concat(fields.Take(3).Select(field => $"\"{field.Item1}\":{field.Item2},"))}}"end":1}""");

    [Fact]
    public void H2_whatever_stands_in_a_field_no_reading_of_it_costs_more_than_was_reserved_and_no_reserve_more_than_was_left() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Requests.Zip(Gen.Choose(0, 500)).ToArbitrary(), request =>
        {
            var ((one, text), budget) = request;
            var body = Encoding.UTF8.GetBytes(text);
            NativeRequest read;
            try
            {
                read = NativeRequest.Read(one.Kind, one.Operation, body);
            }
            catch (ApiException refused)
            {
                Assert.Equal((400, one.Field), (refused.Error.Status, Assert.Single(refused.Error.Errors!).Field));
                return;
            }

            var dearest = LenientVendor.Dearest(JsonElement.Parse(body), one.Field, one.Most, one.Unsaid);
            var cost = one.Kind == JobKind.Chat ? NativeUnits.Thousands(dearest) : dearest;
            Assert.True(cost <= read.Work.Units, $"{text} may cost {cost} and reserves {read.Work.Units}.");
            Settle(read.Work, cost, budget);
        }));

    private static readonly Gen<string> Texts = Gen.Elements(
        'a', 'Z', ' ', '\n', '"', '\\', '\u6c49', '\u30ab', '\uac00', '\u00e9', '\ud83d', '\ude00', '\ud800')
        .ListOf()
        .Select(letters => new string([.. letters]));

    [Fact]
    public void H2_a_text_reserves_every_character_however_it_is_written() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Texts.Zip(Gen.Choose(1, 500)).ToArbitrary(), request =>
        {
            var text = string.Concat(Enumerable.Repeat(request.Item1, request.Item2));
            var escaped = string.Concat(text.Select(letter => $"\\u{(int)letter:x4}"));
            var work = NativeRequest.Read(
                JobKind.Speech, WorkOperation.Plain, Encoding.UTF8.GetBytes($$"""{"model":"m","Text":"{{escaped}}"}""")).Work;
            Assert.True(
                work.Units * 1000L >= text.Count(letter => !char.IsSurrogate(letter)) + text.Count(
                    letter => letter is >= '\u2e80' and < '\ud800'),
                $"{work.Units} for {text.Length}");
            Settle(work, work.Units, 100_000);
        }));

    // The account's side: what was left is never exceeded, and neither is what was reserved.
    private static void Settle(Work work, long cost, long budget)
    {
        var prices = new PriceTable([], new Dictionary<string, long> { ["platform/chat"] = 3 });
        var now = new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);
        var account = new AccountState
        {
            Id = new AccountId("1"),
            Driver = "platform",
            BaseUrl = new Uri("http://upstream.test"),
            SealedSecret = "x",
            MaxJobs = 1,
            DailyCredits = budget,
            Credits = CreditLedger.Open(now, "UTC"),
        };
        var ceiling = prices.Ceiling("platform", work);
        var (taken, lease, _) = account.Acquire(new LeaseRequest(LeaseId.New(), "node", work, ceiling), KindLimits.Default[work.Kind], now);
        Assert.Equal(ceiling <= budget, lease is not null);
        if (lease is null) return;
        var (_, charge) = taken.Release(lease.Id, new Usage(cost, null).Settle(lease.Reserved, work.Units), now);
        Assert.Equal(ceiling / work.Units * Math.Max(0, cost), charge!.Charged);
        Assert.InRange(charge.Charged, 0, budget);
    }

    private static int UnitsOf(JobKind kind, string body) =>
        NativeRequest.Read(kind, operation: null, Encoding.UTF8.GetBytes(body)).Work.Units;

    private static void Refused(JobKind kind, string body, string field, string rule)
    {
        var refused = Assert.Throws<ApiException>(() => UnitsOf(kind, body));
        var error = Assert.Single(refused.Error.Errors!);
        Assert.Equal((400, field), (refused.Error.Status, error.Field));
        Assert.Contains(rule, error.Rule, StringComparison.Ordinal);
    }
}
