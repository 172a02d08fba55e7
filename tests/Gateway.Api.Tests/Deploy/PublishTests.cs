using System.Runtime.InteropServices;

namespace Gateway.Api.Tests.Deploy;

/// <summary>
/// What <c>dotnet publish</c> makes holds the native libraries of one platform; a plain build runs wherever it is asked to.
/// </summary>
public sealed class PublishTests
{
    private const string Publishing = "_IsPublishing=true"; // what the publish command tells the build

    [Theory]
    [InlineData("Gateway.Api")]
    [InlineData("Gateway.Silo")]
    public async Task What_is_published_is_for_the_platform_that_publishes(string project)
    {
        var rid = await DeployTools.EvaluateAsync(project, "RuntimeIdentifier", Publishing);
        Assert.EndsWith($"-{RuntimeInformation.OSArchitecture}", rid, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("false", await DeployTools.EvaluateAsync(project, "SelfContained", Publishing));
    }

    [Fact]
    public async Task Another_platform_is_published_for_when_it_is_named() =>
        Assert.Equal(
            "linux-riscv64",
            await DeployTools.EvaluateAsync("Gateway.Api", "RuntimeIdentifier", Publishing, "RuntimeIdentifier=linux-riscv64"));

    [Fact]
    public async Task A_plain_build_names_no_platform() =>
        Assert.Empty(await DeployTools.EvaluateAsync("Gateway.Api", "RuntimeIdentifier"));
}
