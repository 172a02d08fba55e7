using System.Reflection;
using System.Text.Json.Nodes;
using Gateway.Engine.Turns;
using Gateway.Silo.Hosting.Settings;

namespace Gateway.Api.Tests.Deploy;

/// <summary>What must hold of every overlay.</summary>
public sealed class OverlayTests
{
    private static readonly TimeSpan Lease = new NodeLeaseOptions().NodeLease;
    private static readonly TimeSpan StopGrace = new StopOptions().StopGrace;

    // Of types that come with an operator; nothing here can check them but the tests of their overlay.
    private static readonly string[] OperatorTypes = ["monitoring.coreos.com/v1/ServiceMonitor", "postgresql.cnpg.io/v1/Cluster"];

    private static readonly string[] Secrets = ["Gateway__EncryptionKey", "Gateway__AdminToken", "PGPASSWORD"];

    public static TheoryData<string> Overlays =>
        [.. Directory.GetDirectories(Path.Combine(DeployTools.Root, "k8s", "overlays")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [DeployTheory]
    [MemberData(nameof(Overlays))]
    public async Task Every_object_is_what_its_type_allows(string name)
    {
        var overlay = await Overlay.OfAsync(name);
        Assert.Empty(overlay.Problems);
        Assert.Empty(overlay.Untyped.Except(OperatorTypes));
        Assert.Equal(overlay.Objects.Count, overlay.Objects.Select(o => (o.Text("kind"), o.Name)).Distinct().Count());
    }

    [DeployFact]
    public async Task The_checks_find_a_field_that_does_not_exist_a_wrong_value_a_missing_one_and_a_kind_nobody_knows()
    {
        var overlay = await Overlay.CheckAsync("""
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: field}, spec: {replicaz: 3, selector: {}, template: {}}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: value}, spec: {ports: [{port: http}]}}
            ---
            {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: good}, spec: {maxUnavailable: 1}}
            ---
            {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: missing}, spec: {maxReplicas: 3}}
            ---
            {apiVersion: v1, kind: Sirvice, metadata: {name: kind}}
            """);
        Assert.Contains(
            overlay.Problems,
            problem =>
                problem.StartsWith("Deployment/field:", StringComparison.Ordinal)
                    && problem.Contains("replicaz", StringComparison.Ordinal));
        Assert.Contains(
            overlay.Problems,
            problem =>
                problem.StartsWith("Service/value:", StringComparison.Ordinal) && problem.Contains("port", StringComparison.Ordinal));
        Assert.Contains(
            overlay.Problems,
            problem =>
                problem.StartsWith("HorizontalPodAutoscaler/missing:", StringComparison.Ordinal)
                    && problem.Contains("scaleTargetRef", StringComparison.Ordinal));
        Assert.DoesNotContain(overlay.Problems, problem => problem.Contains("/good:", StringComparison.Ordinal));
        Assert.Equal(["v1/Sirvice"], overlay.Untyped);
    }

    [DeployTheory]
    [MemberData(nameof(Overlays))]
    public async Task Every_image_is_this_version(string name)
    {
        var version =
            typeof(GatewayApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        Assert.All(
            (await Overlay.OfAsync(name)).Deployments,
            deployment => Assert.Equal($"registry.example.com/gateway:{version}", deployment.Container.Text("image")));
    }

    [DeployTheory]
    [MemberData(nameof(Overlays))]
    public async Task Pods_are_confined(string name) => Assert.All((await Overlay.OfAsync(name)).Deployments, deployment =>
    {
        var (pod, container) = (deployment.PodSpec, deployment.Container);
        Assert.False(pod.Flag("automountServiceAccountToken"));
        Assert.True(pod.Flag("securityContext", "runAsNonRoot"));
        Assert.Equal(1654, pod.Number("securityContext", "runAsUser"));
        Assert.Equal("RuntimeDefault", pod.Text("securityContext", "seccompProfile", "type"));
        Assert.True(container.Flag("securityContext", "readOnlyRootFilesystem"));
        Assert.False(container.Flag("securityContext", "allowPrivilegeEscalation"));
        Assert.Equal("ALL", Assert.Single(container.Items("securityContext", "capabilities", "drop")).ToString());
        Assert.NotNull(container.At("resources", "requests", "cpu"));
        Assert.Equal("1Gi", container.Text("resources", "limits", "memory"));
        Assert.Contains(container.Items("volumeMounts"), mount => mount.Text("mountPath") == "/data" && mount.At("readOnly") is null);
    });

    [DeployTheory]
    [MemberData(nameof(Overlays))]
    public async Task Probes_fit_the_lease(string name) => Assert.All((await Overlay.OfAsync(name)).Deployments, deployment =>
    {
        var container = deployment.Container;
        Assert.Equal(("/livez", "/readyz", "/livez"), (PathOf("startupProbe"), PathOf("readinessProbe"), PathOf("livenessProbe")));
        Assert.True(Within("readinessProbe") <= Lease / 3, "a node that cannot work gets requests for longer than a third of its lease");
        Assert.True(Within("livenessProbe") >= Lease, "a node is killed before the others count it as dead");
        Assert.True(Within("startupProbe") >= TimeSpan.FromMinutes(5), "a migration has no time");
        Assert.True(deployment.Number("spec", "minReadySeconds") >= (Lease / 3).TotalSeconds, "a node counts as good before it beat once");

        string PathOf(string probe) =>
            container.Text(probe, "httpGet", "port") == "http" ? container.Text(probe, "httpGet", "path") : "not on http";
        TimeSpan Within(string probe) =>
            TimeSpan.FromSeconds(container.Number(probe, "periodSeconds") * container.Number(probe, "failureThreshold"));
    });

    [DeployTheory]
    [MemberData(nameof(Overlays))]
    public async Task A_stop_has_the_time_it_takes(string name) => Assert.All((await Overlay.OfAsync(name)).Deployments, deployment =>
    {
        var sleep = deployment.Container.At("lifecycle", "preStop", "sleep", "seconds")?.GetValue<int>() ?? 0;
        Assert.Equal(deployment.Name == "gateway-api", sleep > 0);
        Assert.Equal(sleep + StopGrace.TotalSeconds + 10, deployment.PodSpec.Number("terminationGracePeriodSeconds"));
    });

    [DeployTheory]
    [MemberData(nameof(Overlays))]
    public async Task Secrets_come_by_reference(string name)
    {
        var overlay = await Overlay.OfAsync(name);
        Assert.Empty(overlay.All("Secret"));
        Assert.DoesNotContain(
            "password=", new JsonArray([.. overlay.Objects.Select(o => o.DeepClone())]).ToJsonString(), StringComparison.OrdinalIgnoreCase);
        Assert.All(
            overlay.All("ConfigMap"), map => Assert.Empty(map.At("data")!.AsObject().Select(setting => setting.Key).Intersect(Secrets)));

        var example = await DeployTools.ReadAsync("k8s", "secret.example.yaml");
        foreach (var deployment in overlay.Deployments)
        {
            Assert.All(
                deployment.Container.Items("env").Where(env => Secrets.Contains(env.Text("name"))),
                env => Assert.NotNull(env.At("valueFrom", "secretKeyRef")));
            var ours = deployment.Container.Items("env")
                .Select(env => env.At("valueFrom", "secretKeyRef"))
                .Where(reference => reference?.Text("name") == example.Name)
                .ToList();
            Assert.Superset(
                new HashSet<string> { "encryption-key", "admin-token" }, ours.Select(reference => reference!.Text("key")).ToHashSet());
            Assert.All(ours, reference => Assert.NotNull(example.At("stringData", reference!.Text("key"))));
        }
    }

    [DeployTheory]
    [MemberData(nameof(Overlays))]
    public async Task Settings_are_ones_that_exist(string name)
    {
        var overlay = await Overlay.OfAsync(name);
        var settings = overlay.All("ConfigMap").SelectMany(map => map.At("data")!.AsObject()).Select(setting => setting.Key)
            .Concat(overlay.Deployments.SelectMany(deployment => deployment.Container.Items("env")).Select(env => env.Text("name")))
            .Where(setting => setting.StartsWith("Gateway__", StringComparison.Ordinal)).Distinct().ToList();
        Assert.NotEmpty(settings);
        Assert.All(settings, setting => Assert.NotNull(SettingsTree.TypeOf(setting.Replace("__", ":", StringComparison.Ordinal))));
    }

    [DeployTheory]
    [MemberData(nameof(Overlays))]
    public async Task What_refers_to_something_finds_it(string name)
    {
        var overlay = await Overlay.OfAsync(name);
        var labels = overlay.Deployments.Select(deployment => deployment.At("spec", "template", "metadata", "labels")!).ToList();
        Assert.All(
            overlay.Deployments,
            deployment =>
                Assert.True(
                    deployment.At("spec", "selector", "matchLabels")!.Selects(deployment.At("spec", "template", "metadata", "labels")!)));
        Assert.All(overlay.All("Service"), service => Assert.Contains(labels, service.At("spec", "selector")!.Selects));
        Assert.All(
            overlay.All("NetworkPolicy"), policy => Assert.Contains(labels, policy.At("spec", "podSelector", "matchLabels")!.Selects));
        Assert.All(
            overlay.All("PodDisruptionBudget"), budget => Assert.Single(labels, budget.At("spec", "selector", "matchLabels")!.Selects));
        Assert.All(
            overlay.All("ServiceMonitor"),
            monitor =>
                Assert.Single(
                    overlay.All("Service"),
                    service => monitor.At("spec", "selector", "matchLabels")!.Selects(service.At("metadata", "labels")!)));
        foreach (var deployment in overlay.Deployments)
        {
            var ports = deployment.Container.Items("ports").Select(port => port.Text("name")).ToList();
            var services = overlay.All("Service").Where(
                service => service.At("spec", "selector")!.Selects(deployment.At("spec", "template", "metadata", "labels")!));
            Assert.All(
                services.SelectMany(service => service.Items("spec", "ports")), port => Assert.Contains(port.Text("targetPort"), ports));
            overlay.One("ServiceAccount", deployment.PodSpec.Text("serviceAccountName"));
            overlay.One("ConfigMap", Assert.Single(deployment.Container.Items("envFrom")).Text("configMapRef", "name"));
            Assert.Subset(
                deployment.PodSpec.Items("volumes").Select(volume => volume.Text("name")).ToHashSet(),
                deployment.Container.Items("volumeMounts").Select(mount => mount.Text("name")).ToHashSet());
            foreach (var claim in deployment.PodSpec.Items("volumes").Where(volume => volume.At("persistentVolumeClaim") is not null))
                overlay.One("PersistentVolumeClaim", claim.Text("persistentVolumeClaim", "claimName"));
        }
    }

    [DeployTheory]
    [MemberData(nameof(Overlays))]
    public async Task Metrics_have_a_port_that_only_monitoring_reaches(string name)
    {
        var overlay = await Overlay.OfAsync(name);
        var port = new Uri(Assert.Single(overlay.All("ConfigMap")).Text("data", "Gateway__MetricsUrl").Replace('+', 'x')).Port;
        Assert.All(
            overlay.Deployments,
            deployment =>
                Assert.Equal(
                    port, Assert.Single(deployment.Container.Items("ports"), p => p.Text("name") == "metrics").Number("containerPort")));

        var rules = overlay.All("NetworkPolicy").SelectMany(policy => policy.Items("spec", "ingress")).ToList();
        var toMetrics = Assert.Single(rules, rule => rule.Items("ports").Any(p => p.Text("port") == "metrics"));
        Assert.Equal(
            "monitoring",
            Assert.Single(toMetrics.Items("from")).At("namespaceSelector", "matchLabels")!["kubernetes.io/metadata.name"]!.ToString());
        // A rule without ports would be one for every port.
        Assert.All(rules, rule => Assert.NotEmpty(rule.Items("ports")));
        var policy = overlay.One("NetworkPolicy", "gateway");
        Assert.Equal(["Ingress", "Egress"], policy.Items("spec", "policyTypes").Select(type => type.ToString()));
        Assert.All(
            overlay.Deployments,
            deployment =>
                Assert.True(
                    policy.At("spec", "podSelector", "matchLabels")!.Selects(deployment.At("spec", "template", "metadata", "labels")!)));
    }

    [DeployTheory]
    [MemberData(nameof(Overlays))]
    public async Task The_way_out_is_names_HTTPS_to_public_addresses_and_the_database(string name)
    {
        var rules = (await Overlay.OfAsync(name)).All("NetworkPolicy").SelectMany(policy => policy.Items("spec", "egress")).ToList();
        string[] wanted = name == "single" ? ["443", "53", "53"] : ["443", "53", "53", "5432"];
        Assert.Equal(wanted, rules.SelectMany(rule => rule.Items("ports")).Select(port => port.Text("port")).Order(StringComparer.Ordinal));
        var https = Assert.Single(rules, rule => rule.Items("ports").Any(port => port.Text("port") == "443"));
        var closed = https.Items("to").SelectMany(to => to.Items("ipBlock", "except")).Select(range => range.ToString()).ToList();
        Assert.All(
            ["10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"],
            range => Assert.Contains(range, closed));
    }
}
