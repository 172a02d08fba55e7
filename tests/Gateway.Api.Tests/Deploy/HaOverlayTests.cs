using Npgsql;

namespace Gateway.Api.Tests.Deploy;

/// <summary>API nodes and workers over one PostgreSQL.</summary>
public sealed class HaOverlayTests
{
    // What a node's two pools hold at most (PostgresDatabase).
    private const int ConnectionsPerNode = 24;

    public static TheoryData<string> Overlays => ["ha", "ha-cloudnative-pg"];

    [DeployTheory]
    [MemberData(nameof(Overlays))]
    public async Task API_nodes_leave_the_jobs_to_the_workers(string name)
    {
        var overlay = await Overlay.OfAsync(name);
        var (api, silo) = (overlay.One("Deployment", "gateway-api"), overlay.One("Deployment", "gateway-silo"));
        Assert.Equal(
            ("Gateway.Api.dll", "api"), (Assert.Single(api.Container.Items("args")).ToString(), api.Env("Gateway__Role")!.Text("value")));
        Assert.Equal("Gateway.Silo.dll", Assert.Single(silo.Container.Items("args")).ToString());
        Assert.Null(silo.Env("Gateway__Role"));
        Assert.Equal(2, overlay.Deployments.Count);
    }

    [DeployTheory]
    [MemberData(nameof(Overlays))]
    public async Task No_pod_goes_before_a_new_one_is_ready_and_one_at_a_time_is_drained(string name)
    {
        var overlay = await Overlay.OfAsync(name);
        foreach (var deployment in overlay.Deployments)
        {
            Assert.Equal(0, deployment.Number("spec", "strategy", "rollingUpdate", "maxUnavailable"));
            Assert.Equal(
                ["topology.kubernetes.io/zone", "kubernetes.io/hostname"],
                deployment.PodSpec.Items("topologySpreadConstraints").Select(spread => spread.Text("topologyKey")));
            var budget = overlay.One("PodDisruptionBudget", deployment.Name);
            Assert.Equal(1, budget.Number("spec", "maxUnavailable"));
            Assert.True(budget.At("spec", "selector", "matchLabels")!.Selects(deployment.At("spec", "template", "metadata", "labels")!));
        }
    }

    [DeployTheory]
    [MemberData(nameof(Overlays))]
    public async Task The_autoscaler_alone_sets_the_number_of_API_nodes(string name)
    {
        var overlay = await Overlay.OfAsync(name);
        var scaler = Assert.Single(overlay.All("HorizontalPodAutoscaler"));
        Assert.Equal(
            ("Deployment", "gateway-api"), (scaler.Text("spec", "scaleTargetRef", "kind"), scaler.Text("spec", "scaleTargetRef", "name")));
        Assert.Null(overlay.One("Deployment", "gateway-api").At("spec", "replicas"));
        Assert.True(scaler.Number("spec", "minReplicas") >= 2);
        Assert.True(overlay.One("Deployment", "gateway-silo").Number("spec", "replicas") >= 2);
    }

    [DeployTheory]
    [MemberData(nameof(Overlays))]
    public async Task Prometheus_finds_the_metrics_of_every_node(string name)
    {
        var overlay = await Overlay.OfAsync(name);
        var (monitor, service) = (Assert.Single(overlay.All("ServiceMonitor")), overlay.One("Service", "gateway-metrics"));
        Assert.True(monitor.At("spec", "selector", "matchLabels")!.Selects(service.At("metadata", "labels")!));
        Assert.Equal(
            Assert.Single(service.Items("spec", "ports")).Text("name"), Assert.Single(monitor.Items("spec", "endpoints")).Text("port"));
        Assert.True(service.Flag("spec", "publishNotReadyAddresses"));
        Assert.All(
            overlay.Deployments,
            deployment => Assert.True(service.At("spec", "selector")!.Selects(deployment.At("spec", "template", "metadata", "labels")!)));
    }

    [DeployFact]
    public async Task The_connection_string_is_a_secret() => Assert.All((await Overlay.OfAsync("ha")).Deployments, deployment =>
        Assert.Equal(
            ("gateway-secrets", "connection-string"),
            (deployment.Env("ConnectionStrings__Gateway")!.Text("valueFrom", "secretKeyRef", "name"), deployment.Env("ConnectionStrings__Gateway")!.Text("valueFrom", "secretKeyRef", "key"))));

    [DeployFact]
    public async Task The_operators_database_is_the_one_that_is_connected_to()
    {
        var overlay = await Overlay.OfAsync("ha-cloudnative-pg");
        var cluster = Assert.Single(overlay.All("Cluster"));
        Assert.All(overlay.Deployments, deployment =>
        {
            var connection = new NpgsqlConnectionStringBuilder(deployment.Env("ConnectionStrings__Gateway")!.Text("value"));
            // The names the operator gives to what belongs to a cluster.
            Assert.Equal(
                ($"{cluster.Name}-rw", cluster.Text("spec", "bootstrap", "initdb", "database")), (connection.Host, connection.Database));
            Assert.Equal(SslMode.VerifyFull, connection.SslMode);
            Assert.All(
                ["PGUSER", "PGPASSWORD"],
                name => Assert.Equal($"{cluster.Name}-app", deployment.Env(name)!.Text("valueFrom", "secretKeyRef", "name")));
            var authority = Assert.Single(deployment.PodSpec.Items("volumes"), volume => volume.At("secret") is not null);
            Assert.Equal($"{cluster.Name}-ca", authority.Text("secret", "secretName"));
            var mount = Assert.Single(deployment.Container.Items("volumeMounts"), mount => mount.Text("name") == authority.Text("name"));
            Assert.Equal(
                connection.RootCertificate, $"{mount.Text("mountPath")}/{Assert.Single(authority.Items("secret", "items")).Text("path")}");
        });
    }

    [DeployFact]
    public async Task The_operators_database_keeps_what_was_committed_and_takes_every_nodes_connections()
    {
        var overlay = await Overlay.OfAsync("ha-cloudnative-pg");
        var cluster = Assert.Single(overlay.All("Cluster"));
        Assert.Equal("required", cluster.Text("spec", "postgresql", "synchronous", "dataDurability"));
        // One replica may be lost without stopping the commits.
        Assert.True(cluster.Number("spec", "instances") >= cluster.Number("spec", "postgresql", "synchronous", "number") + 2);

        var surge = overlay.Deployments.Sum(deployment => deployment.Number("spec", "strategy", "rollingUpdate", "maxSurge"));
        var nodes = Assert.Single(overlay.All("HorizontalPodAutoscaler"))
            .Number("spec", "maxReplicas") + overlay
            .One("Deployment", "gateway-silo")
            .Number("spec", "replicas") + surge;
        Assert.True(
            int.Parse(
                cluster.Text("spec", "postgresql", "parameters", "max_connections"),
                System.Globalization.CultureInfo.InvariantCulture) >= (nodes * ConnectionsPerNode) + 10,
            $"{nodes} nodes");
    }
}
