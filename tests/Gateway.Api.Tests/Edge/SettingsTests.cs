using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Gateway.Engine.Storage;
using Gateway.Model.Settings;
using Gateway.Silo.Hosting.Settings;
using Microsoft.Extensions.Configuration;

namespace Gateway.Api.Tests.Edge;

/// <summary>Settings are read and checked once, before anything else: what cannot be is one line with setting, value and rule.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData("Gateway:Follow:MaxPolls", "0", "Gateway:Follow:MaxPolls is 0; it must be from 1 to 10000.")]
    [InlineData("Gateway:Follow:MaxPolls", "many", "Gateway:Follow:MaxPolls is 'many'; it must be a whole number up to 2147483647.")]
    [InlineData("Gateway:Follow:MaxInterval", "100ms", "Gateway:Follow:MaxInterval is 100ms; it must not be below MinInterval (250ms).")]
    [InlineData("Gateway:Dispatch:LookEvery", "-00:00:01", "Gateway:Dispatch:LookEvery is -1s; it must be from 10ms to 1d.")]
    [InlineData("Gateway:Webhooks:MaxSends", "0", "Gateway:Webhooks:MaxSends is 0; it must be from 1 to 10000.")]
    [InlineData("Gateway:Webhooks:MaxSends", "-1", "Gateway:Webhooks:MaxSends is -1; it must be from 1 to 10000.")]
    [InlineData("Gateway:Webhooks:Timeout", "0", "Gateway:Webhooks:Timeout is 0; it must be from 10ms to 1h.")]
    [InlineData("Gateway:Webhooks:LongestRetry", "1s", "Gateway:Webhooks:LongestRetry is 1s; it must not be below FirstRetry (5s).")]
    [InlineData("Gateway:Queue:RetryBackOff", "0", "Gateway:Queue:RetryBackOff is 0; it must be from 10ms to 1d.")]
    [InlineData(
        "Gateway:Queue:MaxRetryBackOff", "500ms", "Gateway:Queue:MaxRetryBackOff is 500ms; it must not be below RetryBackOff (1s).")]
    [InlineData("Gateway:Bodies:Own", "-5", "Gateway:Bodies:Own is -5; it must be from 1 to 2147483591.")]
    [InlineData("Gateway:Bodies:Native", "3000000000", "Gateway:Bodies:Native is 3000000000; it must be from 1 to 2147483591.")]
    [InlineData("Gateway:Results:MaxCopies", "0", "Gateway:Results:MaxCopies is 0; it must be from 1 to 1000.")]
    [InlineData("Gateway:Retention:Step", "0", "Gateway:Retention:Step is 0; it must be from 1 to 100000.")]
    [InlineData(
        "Gateway:Retention:Jobs", "1d",
        "Gateway:Retention:Jobs is 1d; it must be at least 2d: jobs outlive their idempotency keys, which are kept 1d and " +
            "Gateway:Retention:Keys.")]
    [InlineData("Gateway:Limits:video:LongestRun", "0", "Gateway:Limits:video:LongestRun is 0; it must be from 10ms to 7d.")]
    [InlineData("Gateway:Limits:chat:Idle", "-5s", "Gateway:Limits:chat:Idle is -5s; it must be from 10ms to 7d.")]
    [InlineData("Gateway:Pace:platform/chat-m2:Rpm", "-1", "Gateway:Pace:platform/chat-m2:Rpm is -1; it must be from 0 to 1000000000.")]
    [InlineData("Gateway:Limits:film:Idle", "1s", "Gateway:Limits:film names no kind; the kinds are chat, video, image, speech, music.")]
    [InlineData(
        "Gateway:PublicUrl", "gateway.example.com",
        "Gateway:PublicUrl is 'gateway.example.com'; it must be an absolute http or https address without query, such as " +
            "https://gateway.example.com.")]
    [InlineData("Gateway:Prices:platform/video", "-1", "Gateway:Prices:platform/video is -1; it must be from 0 to 1000000000.")]
    [InlineData("Gateway:NodeLease", "0", "Gateway:NodeLease is 0; it must be from 100ms to 7d.")]
    [InlineData("Gateway:OverloadBackOff:0", "-1s", "Gateway:OverloadBackOff is -1s; it must be from 10ms to 1d.")]
    [InlineData("Gateway:StopGrace", "30", "Gateway:StopGrace is '30'; it must have a unit: write 30s for seconds, 30m for minutes.")]
    [InlineData("Gateway:StopGrace", "soon", "Gateway:StopGrace is 'soon'; it must be a time such as 500ms, 30s, 5m, 2h, 1d or 00:00:30.")]
    [InlineData(
        "Gateway:StopGrace", "24:00:00",
        "Gateway:StopGrace is '24:00:00'; it must be a time such as 500ms, 30s, 5m, 2h, 1d or 00:00:30; hours go to 23, minutes and " +
            "seconds to 59.")]
    [InlineData("Gateway:Role", "king", "Gateway:Role is 'king'; it must be 'all' or 'api'.")]
    [InlineData("Gateway:PaceOff", "perhaps", "Gateway:PaceOff is 'perhaps'; it must be true or false.")]
    [InlineData(
        "Gateway:AccountHosts", "api.minimax.io",
        "Gateway:AccountHosts is 'api.minimax.io'; it must be written entry by entry, such as Gateway:AccountHosts:0.")]
    public void A6_a_setting_that_cannot_be_is_named_with_its_value_and_its_rule(string setting, string value, string line) =>
        Assert.Equal(line, Assert.Throws<GatewaySetupException>(() => Read((setting, value))).Message);

    [Fact]
    public void A6_everything_that_is_wrong_is_named_at_once()
    {
        var wrong = Assert.Throws<GatewaySetupException>(
            () => Read(("Gateway:Follow:MaxPolls", "0"), ("Gateway:Webhooks:MaxSends", "0"))).Message;
        Assert.Equal(
            "Gateway:Follow:MaxPolls is 0; it must be from 1 to 10000. Gateway:Webhooks:MaxSends is 0; it must be from 1 to 10000.", wrong);
    }

    [Theory]
    [InlineData("30s", 30_000)]
    [InlineData("5m", 300_000)]
    [InlineData("500ms", 500)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("90S", 90_000)]
    [InlineData("00:00:30", 30_000)]
    [InlineData("00:00:00.250", 250)]
    [InlineData("1.00:00:00", 86_400_000)]
    [InlineData("0", 0)]
    public void A6_times_are_understood_as_operators_write_them(string text, double milliseconds)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Read(("Gateway:StartWait", text)).Get<StoreOptions>().StartWait);
        Assert.True(Duration.TryParse(Duration.Show(TimeSpan.FromMilliseconds(milliseconds)), out var again, out _));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), again);
    }

    [Theory]
    [InlineData("1e9d")]
    [InlineData("99999999999999d")]
    [InlineData("s")]
    [InlineData("5 fortnights")]
    [InlineData("1:2:3:4:5")]
    [InlineData("NaN")]
    [InlineData("1e5")]
    public void A6_no_text_of_a_time_is_read_as_something_else(string text) =>
        Assert.Throws<GatewaySetupException>(() => Read(("Gateway:StartWait", text)));

    [Fact]
    public void A6_every_number_and_time_declares_what_it_may_be()
    {
        foreach (var setting in SettingsTree.All.Where(setting => setting.Type == typeof(int) || setting.Type == typeof(long) || setting.Type == typeof(TimeSpan)))
        {
            if (setting.Path.StartsWith("Gateway:Prices:", StringComparison.Ordinal)) continue; // checked as a whole
            Assert.True(setting.Property.GetCustomAttributes<ValidationAttribute>().Any(), $"{setting.Path} has no range");
        }
    }

    [Fact]
    public void A6_what_is_shipped_is_within_its_own_ranges() =>
        Assert.Equal(TimeSpan.FromSeconds(20), Read().Get<StopOptions>().StopGrace);

    [Theory]
    [InlineData(
        "--ConnectionString:Gateway=Host=x;Password=secret",
        "'--ConnectionString:Gateway' is no argument; is --ConnectionStrings:Gateway meant? See --help.")]
    [InlineData(
        "--Gateway:Folow:MinInterval=1s",
        "'--Gateway:Folow:MinInterval' is no argument; is --Gateway:Follow:MinInterval meant? See --help.")]
    [InlineData(
        "--Gateway:Limits:video:LongestRum=1h",
        "'--Gateway:Limits:video:LongestRum' is no argument; is --Gateway:Limits:video:LongestRun meant? See --help.")]
    [InlineData("--url=http://localhost:1", "'--url' is no argument; is --urls meant? See --help.")]
    [InlineData("--verison", "'--verison' is no argument; is --version meant? See --help.")]
    [InlineData("--frobnicate=1", "'--frobnicate' is no argument. See --help.")]
    [InlineData("serve", "'serve' is no argument; a setting is written --Gateway:DataDirectory=…. See --help.")]
    [InlineData("-x", "'-x' is no argument; a setting is written --Gateway:DataDirectory=…. See --help.")]
    [InlineData("--urls", "'--urls' has no value; write --urls=…. See --help.")]
    public void A5_an_argument_that_nothing_reads_is_refused_with_the_near_name_and_without_its_value(string argument, string line) =>
        Assert.Equal(line, Assert.Throws<GatewaySetupException>(() => Arguments.Check([argument])).Message);

    [Theory]
    [InlineData("--urls", "http://localhost:1", "--Gateway:Role=api", "--restored")]
    [InlineData(
        "--gateway:accounthosts:0=x", "--Logging:LogLevel:Default=Debug", "--Kestrel:Endpoints:Main:Url=http://*:1",
        "--environment=Development")]
    [InlineData("--Gateway:Prices:platform/video/MiniMax-Hailuo-02=7", "--ConnectionStrings:Gateway=Host=x")]
    public void A5_arguments_that_are_read_pass(params string[] arguments) => Arguments.Check(arguments);

    private static GatewaySettings Read(params (string Setting, string Value)[] settings) => GatewaySettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(setting => new KeyValuePair<string, string?>(setting.Setting, setting.Value))).Build());
}
