using System.Text.RegularExpressions;
using Gateway.Silo.Hosting.Settings;
using Microsoft.Extensions.Configuration;

namespace Gateway.Api.Tests.Edge;

/// <summary>A misspelt setting is named at the start; the documented ones are all known.</summary>
public sealed partial class UnknownSettingsTests
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

    [Fact]
    public void Every_setting_of_the_README_is_known()
    {
        var rows = File.ReadLines(Path.Combine(Root(), "README.md")).Where(line => line.StartsWith("| `Gateway:", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(rows);
        foreach (var setting in rows.SelectMany(Settings)) Assert.True(Find(setting).Length == 0, $"README names {setting}");
    }

    // `Gateway:A:B`, `:C` in one cell are Gateway:A:B and Gateway:A:C; what stands in <> is the operator's.
    private static IEnumerable<string> Settings(string row)
    {
        var first = "";
        foreach (Match name in Name().Matches(row.Split('|')[1]))
        {
            var setting = name.Groups[1].Value;
            if (setting.StartsWith(':')) setting = first[..first.LastIndexOf(':')] + setting;
            else first = setting;
            yield return setting;
        }
    }

    private static string[] Find(string setting) =>
        [.. UnknownSettings.Find(new ConfigurationBuilder().AddInMemoryCollection([new KeyValuePair<string, string?>(setting, "1")]).Build())];

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gateway.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
