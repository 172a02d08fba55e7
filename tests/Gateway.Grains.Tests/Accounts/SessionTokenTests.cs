using System.Buffers.Text;
using System.Globalization;
using System.Text;
using FsCheck.Fluent;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;

namespace Gateway.Grains.Tests.Accounts;

/// <summary>V16: a token's own times are read however the vendor writes them; what it does not say is not guessed.</summary>
public sealed class SessionTokenTests
{
    private static readonly DateTimeOffset At = new(2026, 12, 1, 10, 30, 15, TimeSpan.Zero);

    [Theory]
    [InlineData("1796121015")]
    [InlineData("1796121015.0")]
    [InlineData("1796121015000")]
    [InlineData("1796121015000000")]
    [InlineData("\"1796121015\"")]
    [InlineData("\"1796121015000\"")]
    [InlineData("\" 1796121015 \"")]
    [InlineData("\"2026-12-01T10:30:15Z\"")]
    [InlineData("\"2026-12-01T11:30:15+01:00\"")]
    [InlineData("\"2026-12-01 10:30:15\"")]
    public void V16_exp_and_iat_are_read_in_seconds_milliseconds_and_as_text(string written)
    {
        Assert.Equal(new SessionToken(At, null), Read($$"""{"exp":{{written}}}"""));
        Assert.Equal(new SessionToken(null, At), Read($$"""{"iat":{{written}}}"""));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("-1796121015000")]
    [InlineData("\"0\"")]
    [InlineData("\"-5\"")]
    public void V16_an_exp_that_is_not_above_0_was_over_long_ago(string written) =>
        Assert.Equal(DateTimeOffset.UnixEpoch, Read($$"""{"exp":{{written}}}""").ExpiresAt);

    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("\"\"")]
    [InlineData("\"never\"")]
    [InlineData("\"NaN\"")]
    [InlineData("\"Infinity\"")]
    [InlineData("1e999")]
    public void V16_an_exp_that_says_no_time_is_none(string written) => Assert.Null(Read($$"""{"exp":{{written}}}""").ExpiresAt);

    [Fact]
    public void V16_whatever_the_unit_the_instant_is_the_same() => Law.Holds(Gen.Choose(0, int.MaxValue), offset =>
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000L + offset); // 2001 to 2069
        var seconds = at.ToUnixTimeSeconds();
        foreach (var written in new[] { $"{seconds}", $"{seconds}000", $"\"{seconds}\"", $"\"{seconds}000\"", string.Create(CultureInfo.InvariantCulture, $"\"{at:O}\"") })
            Assert.Equal(at, Read($$"""{"exp":{{written}}}""").ExpiresAt);
    });

    [Fact]
    public void V16_no_text_of_a_claim_breaks_the_reading() => Law.Holds(ArbMap.Default.GeneratorFor<string?>(), text =>
    {
        var written = System.Text.Json.JsonSerializer.Serialize(text);
        Read($$"""{"exp":{{written}},"iat":{{written}}}""");
    });

    [Fact]
    public void A_key_that_is_no_token_tells_nothing() => Assert.Equal(new SessionToken(null, null), SessionToken.Read("sk-api-key"));

    private static SessionToken Read(string payload) =>
        SessionToken.Read($"{Encoded("""{"alg":"HS256","typ":"JWT"}""")}.{Encoded(payload)}.c2ln");

    private static string Encoded(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
