using System.Net;
using Gateway.Engine.Storage;
using Gateway.Silo.Outbound;

namespace Gateway.Api.Tests.Outbound;

/// <summary>Where a caller may not have us call, in every disguise an address has.</summary>
public sealed class AddressJudgeTests
{
    private static readonly AddressJudge PublicOnly = AddressJudge.From([]);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("100.127.255.255")]
    [InlineData("168.63.129.16")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.7")]
    [InlineData("203.0.113.7")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.250")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%3")]
    [InlineData("febf::1")]
    [InlineData("fec0::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("ff02::1")]
    [InlineData("2001:db8::1")]
    [InlineData("3fff::1")]
    [InlineData("100::1")]
    [InlineData("5f00::1")]
    [InlineData("4000::1")]
    [InlineData("2001:0:7f00:1::")]
    [InlineData("2001:2::1")]
    [InlineData("2001:20::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::10.0.0.1")]
    [InlineData("::8.8.8.8")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b::10.1.2.3")]
    [InlineData("64:ff9b:1::8.8.8.8")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("2002:c0a8:101::")]
    [InlineData("2002:0a00:0001::")]
    public void What_is_not_public_is_refused(string address) => Assert.False(PublicOnly.Allows(IPAddress.Parse(address)), address);

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("8.8.8.8")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.1")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("168.63.129.17")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.1")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2a00:1450::1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:0808:0808::1")]
    public void What_is_public_may_be_called(string address) => Assert.True(PublicOnly.Allows(IPAddress.Parse(address)), address);

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("10.2.0.0", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("fd12::1", true)]
    [InlineData("fd13::1", false)]
    [InlineData("64:ff9b::10.1.2.3", false)]
    [InlineData("8.8.8.8", true)]
    public void An_operator_opens_networks_and_nothing_beside_them(string address, bool allowed) =>
        Assert.Equal(allowed, AddressJudge.From(["10.1.0.0/16", " fd12::/16 "]).Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0")]
    [InlineData("localhost")]
    [InlineData("")]
    public void A_setting_that_is_no_network_stops_the_start_and_is_named(string cidr) =>
        Assert.Contains(
            $"AllowedNetworks holds '{cidr}'",
            Assert.Throws<GatewaySetupException>(() => AddressJudge.From([cidr])).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("https://example.com/hook?x=1", true)]
    [InlineData("HTTP://example.com:8443", true)]
    [InlineData("http://[2606:4700::1]/", true)]
    [InlineData("http://127.0.0.1/", true)] // its form is right; where it leads is judged when it is called
    [InlineData("https://user:pass@example.com/", false)]
    [InlineData("https://user@example.com/", false)]
    [InlineData("ftp://example.com/", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("gopher://example.com/", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("/relative", false)]
    [InlineData("//example.com/", false)]
    [InlineData("example.com", false)]
    [InlineData("http://", false)]
    [InlineData("http:///path", false)]
    [InlineData("http://example.com:99999/", false)]
    [InlineData("http://exa mple.com/", false)]
    [InlineData("http://example.com/\r\nHost: inner", false)]
    [InlineData(" http://example.com/", false)]
    [InlineData("", false)]
    public void The_form_of_an_address(string text, bool isRight) => Assert.Equal(isRight, OutboundUrl.TryParse(text, out _));

    [Fact]
    public void An_address_has_a_longest_length()
    {
        var longest = "http://example.com/".PadRight(OutboundUrl.MaxLength, 'x');
        Assert.True(OutboundUrl.TryParse(longest, out _));
        Assert.False(OutboundUrl.TryParse(longest + "x", out _));
    }

    [Fact]
    public void An_address_has_a_name_that_can_be_asked_for()
    {
        var label = new string('漢', 29);
        Assert.True(OutboundUrl.TryParse("http://例え.jp/", out _));
        Assert.False(OutboundUrl.TryParse($"http://{string.Join('.', Enumerable.Repeat("abcdefgh", 40))}/", out _)); // longer than any name
        // a label longer than any, as it is asked for
        Assert.False(
            OutboundUrl.TryParse(
                $"http://{string.Concat(Enumerable.Range(0, 29).Select(n => (char)('\u4e00' + (n * 701))))}.example/", out _));
        Assert.False(OutboundUrl.TryParse($"http://{string.Join('.', Enumerable.Repeat(label, 68))}/", out _));
        // nine times as long once it is escaped
        Assert.False(OutboundUrl.TryParse("http://example.com/".PadRight(OutboundUrl.MaxLength, '漢'), out _));
    }
}
