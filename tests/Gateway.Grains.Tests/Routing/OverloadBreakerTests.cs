using Gateway.Engine.Notifiers;
using Gateway.Grains.Routing;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Testing;

namespace Gateway.Grains.Tests.Routing;

public sealed class OverloadBreakerTests
{
    private static readonly DateTimeOffset Now = Make.Noon;
    private static readonly LeaseId Probe = new("probe");
    private static readonly LeaseId Other = new("other");

    private static TimeSpan Pause(int trips) => TimeSpan.FromSeconds(trips switch { 1 => 5, 2 => 10, 3 => 20, _ => 30 });

    private static OverloadBreaker Trip(OverloadBreaker? before, double at) => OverloadBreaker.Trip(before, Now.AddSeconds(at), Pause);

    // What is played, second by second: o overload, s success, p probe sent, l probe left; and after how many seconds the next request may
    // go.
    [Theory]
    [InlineData("0o", 5)]
    [InlineData("0o 1o 2o", 5)] // they met the same moment
    [InlineData("0o 5p 6o", 16)] // the probe failed: 10 s
    [InlineData("0o 5p 6o 16p 17o", 37)]
    [InlineData("0o 5p 6o 16p 17o 37p 38o", 68)]
    [InlineData("0o 5p 6o 16p 17o 37p 38o 68p 69o", 99)] // and 30 s from here on
    [InlineData("0o 5o", 15)] // one that was under way for long says that it goes on
    [InlineData("0o 3s", 5)] // some still get through
    [InlineData("0o 5p", 35)] // a probe is out, and given up after 30 s
    [InlineData("0o 5p 6p", 35)]
    [InlineData("0o 5p 7l", 0)] // it showed nothing: the next one probes
    [InlineData("0o 5p 7l 8p", 38)]
    [InlineData("0o 5p 6s", -1)] // closed
    [InlineData("0o 5p 6o 16p 17s", -1)]
    [InlineData("0o 124o", 134)]
    [InlineData("0o 125o", 130)] // long ago: a first one again
    public void An_overload_keeps_everybody_away_until_one_probe_is_served(string play, double next)
    {
        OverloadBreaker? breaker = null;
        foreach (var step in play.Split(' '))
        {
            var at = double.Parse(step[..^1]);
            breaker = step[^1] switch
            {
                'o' => Trip(breaker, at),
                's' => breaker!.Succeed(Now.AddSeconds(at)),
                'p' => breaker!.Send(at == 6 && play.Contains("5p") ? Other : Probe, Now.AddSeconds(at)),
                _ => breaker!.Leave(Other).Leave(Probe),
            };
        }

        var last = double.Parse(play.Split(' ')[^1][..^1]);
        DateTimeOffset? expected = next <= 0 ? null : Now.AddSeconds(next);
        Assert.Equal(next == -1, breaker is null);
        Assert.Equal(expected, breaker?.BusyUntil(Now.AddSeconds(last)));
        if (expected is { } until) Assert.Null(breaker!.BusyUntil(until));
    }

    [Fact]
    public void One_model_of_one_host_is_kept_away_from_and_a_success_after_the_pause_wakes()
    {
        var clock = new ManualClock(Now);
        using var signal = new SlotNotifier(clock);
        var overloads = new OverloadBreakers(new OverloadOptions(), signal, new SeededRandom(3), clock);
        var account = Make.Account();
        var chat = new Work(JobKind.Chat, "m");

        overloads.Hear(account, chat, team: null, Other, Make.Error(ErrorClass.Overload, code: 2064));

        var refusal = overloads.Refuse(account, chat, team: null, clock.Now)!;
        Assert.Equal(RefusalReason.Overloaded, refusal.Reason);
        Assert.InRange(refusal.Until!.Value, Now.AddSeconds(4), Now.AddSeconds(6));
        Assert.Equal(refusal, overloads.Refuse(Make.Account(id: "2"), chat, team: null, clock.Now));
        Assert.Null(overloads.Refuse(account, chat with { Model = "n" }, team: null, clock.Now));
        Assert.Null(overloads.Refuse(account with { BaseUrl = new Uri("http://elsewhere.test") }, chat, team: null, clock.Now));

        var half = signal.NextPulse();
        clock.Set(refusal.Until.Value.AddMilliseconds(30));
        Assert.True(half.IsCompleted, "half-open wakes");
        Assert.Null(overloads.Refuse(account, chat, team: null, clock.Now));
        overloads.Send(account, chat, team: null, Probe);
        Assert.NotNull(overloads.Refuse(account, chat, team: null, clock.Now));

        var left = signal.NextPulse();
        overloads.Leave(Probe);
        Assert.True(left.IsCompleted, "a probe that showed nothing wakes the next");
        overloads.Send(account, chat, team: null, Probe);

        var closed = signal.NextPulse();
        overloads.Hear(account, chat, team: null, Probe, error: null);
        Assert.True(closed.IsCompleted, "close wakes");
        Assert.Null(overloads.Refuse(account, chat, team: null, clock.Now));
        Assert.Equal(0, overloads.Count(clock.Now));
    }
}
