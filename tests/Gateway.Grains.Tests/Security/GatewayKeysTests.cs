using System.Security.Cryptography;
using Gateway.Engine.Security;
using Gateway.Model.Ids;

namespace Gateway.Grains.Tests.Security;

public sealed class GatewayKeysTests
{
    private static readonly byte[] Master = [.. Enumerable.Range(0, GatewayKeys.MasterLength).Select(i => (byte)i)];

    [Fact]
    public void A_sealed_secret_opens_with_its_key_alone()
    {
        var keys = GatewayKeys.From(Master);
        var text = keys.Seal("sk-api-secret");

        Assert.Equal("sk-api-secret", keys.Open(text));
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.NotEqual(text, keys.Seal("sk-api-secret"));
        Assert.ThrowsAny<CryptographicException>(() => GatewayKeys.From([.. Master.Reverse()]).Open(text));
    }

    [Fact]
    public void A_changed_secret_does_not_open()
    {
        var keys = GatewayKeys.From(Master);
        var bytes = Convert.FromBase64String(keys.Seal("secret"));
        bytes[^1] ^= 1;

        Assert.ThrowsAny<CryptographicException>(() => keys.Open(Convert.ToBase64String(bytes)));
    }

    [Fact]
    public void S1_The_check_value_tells_keys_apart_and_the_hash_is_of_another_key()
    {
        var one = GatewayKeys.From(Master);
        var other = GatewayKeys.From([.. Master.Reverse()]);

        Assert.NotEqual(one.Check, other.Check);
        Assert.NotEqual(one.Hash("token"), other.Hash("token"));
        Assert.NotEqual(one.Hash("check"), one.Check);
        Assert.Equal(one.Hash("token"), GatewayKeys.From(Master).Hash("token"));
    }

    [Fact]
    public void A_derived_account_id_is_eighteen_digits_and_always_the_same()
    {
        var keys = GatewayKeys.From(Master);
        var id = keys.Digits("sk-api-1");

        Assert.Matches("^[1-9][0-9]{17}$", id);
        Assert.Equal(id, keys.Digits("sk-api-1"));
        Assert.NotEqual(id, keys.Digits("sk-api-2"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("c2hvcnQ=")]
    public void A_configured_key_that_is_none_is_refused(string text) => Assert.Null(GatewayKeys.TryParse(text));

    [Fact]
    public void A_callbacks_token_leads_to_its_job_and_no_other_text_does()
    {
        var keys = GatewayKeys.From(Master);
        var job = new JobId(123456789012345678);
        var token = keys.CallbackToken(job);

        Assert.Equal(job, keys.ReadCallbackToken(token));
        Assert.Equal(token, keys.CallbackToken(job));
        Assert.Matches("^123456789012345678-[0-9a-f]{32}$", token);
        string[] forged =
        [
            "", "-", "123456789012345678", "123456789012345678-", token[..^1], token + "0", token + "-", " " + token,
            token.ToUpperInvariant() + "x", "0" + token,
            token.Replace("123456789012345678", "123456789012345679", StringComparison.Ordinal),
            token[..^1] + (token[^1] == '0' ? '1' : '0'),
            GatewayKeys.From([.. Master.Reverse()]).CallbackToken(job), token[..19] + keys.CallbackToken(new JobId(1))[2..], "x-" + token,
            "99999999999999999999-" + token[19..], token[..20] + "\u00e9" + token[21..],
        ];
        Assert.All(forged, text => Assert.Null(keys.ReadCallbackToken(text)));
    }
}
