using Gateway.Silo.Hosting.Settings;
using Microsoft.Extensions.Configuration;

namespace Gateway.Api.Tests.Edge;

/// <summary>A misspelt setting is named at the start.</summary>
public sealed class UnknownSettingsTests
{
    [Theory]
    [InlineData("Gateway:MaxJob")]
    [InlineData("Gateway:Queue:MaxJob")]
    [InlineData("Gateway:Folow:MinInterval", "Gateway:Folow")]
    [InlineData("Gateway:Follow:Often")]
    [InlineData("Gateway:Pace:platform/chat-m2:Rmp")]
    [InlineData("Gateway:Limits:video:Longest")]
    [InlineData("Gateway:Role:Name")]
    [InlineData("ConnectionStrings:Gatway")]
    [InlineData("ConnectionString:Gateway")]
    [InlineData("Gatway:Role")]
    [InlineData("Loging:LogLevel:Default")]
    public void A_setting_nothing_reads_is_found(string setting, string? named = null) => Assert.Equal([named ?? setting], Find(setting));

    [Theory]
    [InlineData("Gateway:NODELEASE")]
    [InlineData("Gateway:AccountHosts:0")]
    [InlineData("Gateway:OverloadBackOff:1")]
    [InlineData("Gateway:Prices:platform/video/MiniMax-Hailuo-02")]
    [InlineData("Gateway:Webhooks:AllowedNetworks:3")]
    [InlineData("Logging:LogLevel:Default")]
    [InlineData("GatewayTwo")]
    [InlineData("Somebody:Elses:Setting")]
    public void A_setting_that_is_read_is_not(string setting) => Assert.Empty(Find(setting));

    [Theory]
    [InlineData("ConnectionString:Gateway", "ConnectionString:Gateway is no setting of the gateway. Is ConnectionStrings:Gateway meant?")]
    [InlineData("Gateway:Queue:MaxJob", "Gateway:Queue:MaxJob is no setting of the gateway. Is Gateway:Queue:MaxJobs meant?")]
    [InlineData("Gateway:Colour", "Gateway:Colour is no setting of the gateway.")]
    public void The_near_name_is_told(string setting, string line) => Assert.Equal(line, UnknownSettings.Describe(setting));

    private static string[] Find(string setting) =>
        [.. UnknownSettings.Find(new ConfigurationBuilder().AddInMemoryCollection([new KeyValuePair<string, string?>(setting, "1")]).Build())];
}
