using System.Text;
using System.Text.Json.Nodes;
using Gateway.Engine;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Outbox;
using Gateway.Model.Queueing;
using Gateway.Silo.Outbound;
using Gateway.Testing;

namespace Gateway.Api.Tests.Outbound;

/// <summary>What a webhook is made of, without a network.</summary>
public sealed class WebhookPartsTests
{
    private static readonly PostOutcome Taken = new PostOutcome.Answered(200, []);
    private static readonly PostOutcome Refused = new PostOutcome.Answered(500, []);
    private static readonly PostOutcome Silent = new PostOutcome.Unreached("it did not answer", IsSilent: true);

    private readonly ManualClock _clock = new();

    // The example of the specification's own libraries.
    [Fact]
    public void P4_a_signature_is_the_one_of_standard_webhooks()
    {
        var headers = WebhookSignature.Headers(
            "msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), "{\"test\": 2432232314}"u8,
            [Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]);
        Assert.Equal(
            [("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"), ("webhook-timestamp", "1614265330"), ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")],
            headers);
    }

    [Theory]
    [InlineData("the quick brown fox ")]
    [InlineData("平静的大海和落日 ")]
    [InlineData("<&\"'\\> ")]
    public async Task P4_a_body_stays_below_20_kB_whatever_the_result_and_the_error_say(string words)
    {
        var text = string.Concat(Enumerable.Repeat(words, 400));
        var result = new JsonObject { ["text"] = text[..Math.Min(text.Length, 4000)] }.ToJsonString();
        var bytes = Encoding.UTF8.GetBytes(result);
        var job = Job() with
        {
            Status = JobStatus.Succeeded,
            Result = new BodyRef(Math.Min(bytes.Length, JobViews.LargestInline), null),
            Error = new JobError("upstream_error", string.Concat(Enumerable.Repeat(words, 3000))),
            Reply = new Reply("https://a.example/" + new string('x', 2000), new string('海', Reply.MaxRefLength)),
        };
        var body = await Text(bytes).OfAsync(new JobEvent(job.Id, 4, job.Status, _clock.Now, job), CancellationToken.None);
        Assert.InRange(body.Length, 1, WebhookText.Largest - 1);
        var data = JsonNode.Parse(body)!["data"]!;
        Assert.Equal($"/v1/jobs/{job.Id}/result", data["result"]!["href"]!.ToString());
        Assert.Equal(new string('海', Reply.MaxRefLength), data["replyRef"]!.ToString());
    }

    [Fact]
    public void P4_a_receivers_wish_is_honoured_but_does_not_lengthen_the_72_hours()
    {
        var options = new WebhookOptions();
        var message = new OutboxMessage(OutboxKind.Webhook, new JobId(1), 1, "http://a.example/", _clock.Now, Tries: 1);
        Assert.Equal(_clock.Now + TimeSpan.FromSeconds(5), Next(TimeSpan.FromSeconds(2)));
        Assert.Equal(_clock.Now + TimeSpan.FromMinutes(7), Next(TimeSpan.FromMinutes(7)));
        Assert.Equal(_clock.Now + TimeSpan.FromHours(72), Next(TimeSpan.FromDays(300)));
        Assert.Equal(_clock.Now + TimeSpan.FromHours(72), Next(TimeSpan.MaxValue));
        Assert.Equal(_clock.Now + TimeSpan.FromSeconds(5), Next(TimeSpan.MinValue));
        Assert.Null(RetryPlan.NextTry(message, options, new Even(), _clock.Now + TimeSpan.FromHours(72)));

        DateTimeOffset? Next(TimeSpan wish) => RetryPlan.NextTry(message, options, new Even(), _clock.Now, wish);
    }

    [Fact]
    public void P4_a_receiver_that_fails_many_times_in_a_row_rests_then_one_message_probes_it()
    {
        var options = new WebhookOptions { BreakerAfter = 3, BreakerRest = TimeSpan.FromSeconds(30) };
        var breakers = new ReceiverBreakers(options, _clock);
        Fail(2);
        breakers.Hear("a", Taken);
        Fail(2);
        Assert.True(breakers.OpensAt("a") < _clock.Now); // not in a row
        Fail(1);
        Assert.Equal(_clock.Now + TimeSpan.FromSeconds(30), breakers.OpensAt("a"));
        Assert.True(breakers.OpensAt("b") < _clock.Now); // nobody else's fault

        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, breakers.Admit("a", 4));
        Assert.True(breakers.OpensAt("a") > _clock.Now); // nobody beside the probe
        Fail(1);
        Assert.Equal(_clock.Now + TimeSpan.FromSeconds(30), breakers.OpensAt("a"));
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, breakers.Admit("a", 4));
        breakers.Hear("a", Taken);
        Assert.Equal(4, breakers.Admit("a", 4));

        void Fail(int times)
        {
            for (var i = 0; i < times; i++) breakers.Hear("a", Refused);
        }
    }

    [Fact]
    public void H17_a_receiver_that_hangs_rests_after_few_timeouts_in_a_row()
    {
        var breakers = new ReceiverBreakers(new WebhookOptions(), _clock);
        foreach (var outcome in new[] { Silent, Silent, Refused, Silent, Silent, Taken, Silent, Silent }) breakers.Hear("a", outcome);
        Assert.True(breakers.OpensAt("a") < _clock.Now); // not in a row
        breakers.Hear("a", Silent);
        Assert.Equal(_clock.Now + TimeSpan.FromSeconds(30), breakers.OpensAt("a"));
        Assert.True(breakers.OpensAt("b") < _clock.Now);

        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, breakers.Admit("a", 4));
        breakers.Hear("a", Silent);
        Assert.True(breakers.OpensAt("a") > _clock.Now);
        _clock.Advance(TimeSpan.FromSeconds(30));
        breakers.Hear("a", Taken);
        Assert.Equal(4, breakers.Admit("a", 4));
    }

    [Fact]
    public void H17_a_team_has_half_of_the_lanes_and_leaves_the_rest_to_others()
    {
        var lanes = new SendLanes(new WebhookOptions { MaxSends = 8, MaxSendsPerHost = 3 });
        var begun = 0;
        for (var receiver = 0; receiver < 1000; receiver++)
        {
            var host = Callback("team_1", $"https://hangs{receiver}.example/").Host;
            for (var room = lanes.RoomFor(host); room > 0; room--, begun++) lanes.Enter(host);
        }

        Assert.Equal(4, begun);
        var other = OutboxMessage.Webhook(new TeamId("team_2"), new JobId(2), 1, "https://hangs1.example/", _clock.Now).Host;
        Assert.Equal(2, lanes.RoomFor(other));
        lanes.Enter(other);
        lanes.Leave(other);
        Assert.Equal(2, lanes.RoomFor(other));
    }

    [Fact]
    public void P4_teams_that_share_a_host_do_not_share_a_lane()
    {
        var one = OutboxMessage.Webhook(new TeamId("team_1"), new JobId(1), 1, "https://hooks.example/1", _clock.Now);
        var two = OutboxMessage.Webhook(new TeamId("team_2"), new JobId(2), 1, "https://hooks.example/2", _clock.Now);
        Assert.NotEqual(one.Host, two.Host);
        Assert.NotEqual(Callback("team_1", "https://hooks.example/1").Host, Callback("team_2", "https://hooks.example/2").Host);
        Assert.Equal(("team_1", ""), (OutboxMessage.TeamOf(one.Host), OutboxMessage.TeamOf("https://hooks.example")));
    }

    private OutboxMessage Callback(string team, string url) =>
        OutboxMessage.Of(before: null, Job() with { Team = new TeamId(team), CallbackUrl = url }, _clock.Now)!;

    private static JobState Job() =>
        new() { Id = new JobId(7), Team = TeamId.Default, Kind = JobKind.Video, Request = new BodyRef(2, null), Seq = 4 };

    private static WebhookText Text(byte[] result) => new(new JobViews(new OneResult(result), new PublicAddress(Root: null)));

    private sealed class OneResult(byte[] result) : IBodyStore
    {
        public Task<byte[]?> ReadAsync(JobId job, BodyPart part, BodyRef reference, CancellationToken cancellationToken) =>
            Task.FromResult<byte[]?>(result);

        public Task<string> WriteAsync(JobId job, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task RemoveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> SweepAsync(TimeSpan age, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class Even : IRandom
    {
        public int Next(int below) => 200;
    }
}
