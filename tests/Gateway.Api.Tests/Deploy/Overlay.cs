using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Gateway.Api.Tests.Deploy;

/// <summary>An overlay as a cluster would get it, and what the checks say of it.</summary>
internal sealed record Overlay(IReadOnlyList<JsonNode> Objects, IReadOnlyList<string> Untyped, IReadOnlyList<string> Problems)
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<Overlay>>> Rendered = new();

    /// <summary>Rendered once a test run.</summary>
    public static Task<Overlay> OfAsync(string name) =>
        Rendered.GetOrAdd(name, overlay => new Lazy<Task<Overlay>>(() => RenderAsync(overlay))).Value;

    public static async Task<Overlay> CheckAsync(string manifests)
    {
        var report = await DeployTools.CheckAsync(manifests);
        return new Overlay(
            List(report["objects"]), [.. List(report["untyped"]).Select(kind => kind.ToString())],
            [.. List(report["problems"]).Select(problem => problem.ToString())]);
    }

    public IReadOnlyList<JsonNode> All(string kind) => [.. Objects.Where(o => o.Text("kind") == kind)];

    public JsonNode One(string kind, string name) => Assert.Single(All(kind), o => o.Text("metadata", "name") == name);

    public IReadOnlyList<JsonNode> Deployments => All("Deployment");

    private static async Task<Overlay> RenderAsync(string overlay) => await CheckAsync(await DeployTools.RenderAsync(overlay));

    private static List<JsonNode> List(JsonNode? array) => [.. array!.AsArray().Select(item => item!)];
}

/// <summary>Ways through a manifest.</summary>
internal static class ManifestNodes
{
    extension(JsonNode node)
    {
        public JsonNode? At(params string[] path) => path.Aggregate((JsonNode?)node, (at, name) => at?[name]);

        public string Text(params string[] path) =>
            node.At(path)?.ToString() ?? throw new KeyNotFoundException($"No {string.Join('.', path)} in {node}");

        public int Number(params string[] path) =>
            node.At(path)?.GetValue<int>() ?? throw new KeyNotFoundException($"No {string.Join('.', path)} in {node}");

        public bool Flag(params string[] path) =>
            node.At(path)?.GetValue<bool>() ?? throw new KeyNotFoundException($"No {string.Join('.', path)} in {node}");

        /// <summary>The items of a list; none where there is no list.</summary>
        public IReadOnlyList<JsonNode> Items(params string[] path) => [.. (node.At(path) as JsonArray ?? []).Select(item => item!)];

        public string Name => node.Text("metadata", "name");

        public JsonNode PodSpec => node.At("spec", "template", "spec")!;

        /// <summary>The only container of a deployment's pods.</summary>
        public JsonNode Container => Assert.Single(node.PodSpec.Items("containers"));

        public JsonNode? Env(string name) => node.Container.Items("env").SingleOrDefault(env => env.Text("name") == name);

        /// <summary>Whether a selector's labels are all among these.</summary>
        public bool Selects(JsonNode labels) =>
            node.AsObject() is { Count: > 0 } wanted && wanted.All(label => labels[label.Key]?.ToString() == label.Value!.ToString());
    }
}
