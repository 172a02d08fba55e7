using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Silo.Hosting.Settings;

namespace Gateway.Api.Tests.Deploy;

/// <summary>The compose stack as written; <c>deploy/docker/try.sh</c> is what starts it.</summary>
public sealed partial class ComposeTests
{
    [DeployFact]
    public async Task Every_container_is_confined()
    {
        foreach (var (name, service) in await ServicesAsync())
        {
            Assert.True(service!.Flag("read_only"), name);
            Assert.Equal("ALL", Assert.Single(service!.Items("cap_drop")).ToString());
            Assert.Equal("no-new-privileges:true", Assert.Single(service!.Items("security_opt")).ToString());
            Assert.All(service!.Items("ports"), port => Assert.StartsWith("127.0.0.1:", port.ToString(), StringComparison.Ordinal));
        }
    }

    [DeployFact]
    public async Task Secrets_come_from_the_environment_and_each_is_in_the_example()
    {
        var example = await File.ReadAllTextAsync(Path.Combine(DeployTools.Root, "docker", ".env.example"));
        var required = Required().Matches(await File.ReadAllTextAsync(Path.Combine(DeployTools.Root, "docker", "compose.yaml")))
            .Select(match => match.Groups[1].Value)
            .Distinct()
            .ToList();
        Assert.Equal(4, required.Count);
        Assert.All(required, name => Assert.Contains($"\n{name}=\n", example, StringComparison.Ordinal));
        var secrets = (await ServicesAsync()).SelectMany(service => service.Value!.At("environment")?.AsObject() ?? [])
            .Where(setting => Secret().IsMatch(setting.Key))
            .ToList();
        Assert.All(secrets, setting => Assert.Matches(Required(), setting.Value!.ToString()));
    }

    [DeployFact]
    public async Task Nodes_are_this_version_with_settings_that_exist_and_Prometheus_finds_them()
    {
        var services = await ServicesAsync();
        var version =
            typeof(GatewayApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        var scrape = Assert.Single((await DeployTools.ReadAsync("prometheus", "prometheus.yaml")).Items("scrape_configs"));
        var found = Assert.Single(scrape.Items("dns_sd_configs"));
        foreach (var name in found.Items("names").Select(name => name.ToString()))
        {
            var node = services[name]!;
            Assert.EndsWith($"gateway:{version}}}", node.Text("image"), StringComparison.Ordinal);
            var settings = node.At("environment")!
                .AsObject()
                .Select(setting => setting.Key)
                .Where(key => key.StartsWith("Gateway__", StringComparison.Ordinal));
            Assert.All(settings, setting => Assert.NotNull(SettingsTree.TypeOf(setting.Replace("__", ":", StringComparison.Ordinal))));
            Assert.EndsWith($":{found.Number("port")}", node.Text("environment", "Gateway__MetricsUrl"), StringComparison.Ordinal);
        }

        Assert.Equal("api", services["api"]!.Text("environment", "Gateway__Role"));
        Assert.Equal("Gateway.Silo.dll", services["silo"]!.Text("command"));
    }

    private static async Task<JsonObject> ServicesAsync() =>
        (await DeployTools.ReadAsync("docker", "compose.yaml")).At("services")!.AsObject();

    [GeneratedRegex(@"\$\{([A-Z_]+):\?")]
    private static partial Regex Required();

    [GeneratedRegex("PASSWORD|Key$|Token$|^ConnectionStrings")]
    private static partial Regex Secret();
}
