using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Gateway.Api.Tests.Deploy;

/// <summary>The tools that read what is under <c>deploy/</c>: kubectl renders, two scripts here check and convert.</summary>
internal static class DeployTools
{
    private static readonly string Here = FolderOf();
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here, "..", "..", "..", "deploy"));

    /// <summary>Why tests are skipped.</summary>
    public const string Missing =
        "kubectl (https://kubernetes.io/docs/tasks/tools) or the checks of the manifests are not installed: run ./test.sh, or npm ci in " +
            "tests/Gateway.Api.Tests/Deploy";

    /// <summary>Whether the tests run: where the tools are, and always in CI, where they fail without them.</summary>
    public static bool IsDemanded =>
        Environment.GetEnvironmentVariable("CI") is { Length: > 0 }
            || (IsInstalled("kubectl") && Directory.Exists(Path.Combine(Here, "node_modules")));

    /// <summary>An overlay's objects as YAML.</summary>
    public static Task<string> RenderAsync(string overlay) =>
        RunAsync("kubectl", ["kustomize", Path.Combine(Root, "k8s", "overlays", overlay)], "");

    /// <summary>What the two checks say of these objects.</summary>
    public static async Task<JsonNode> CheckAsync(string manifests) =>
        JsonNode.Parse(await RunAsync("node", [Path.Combine(Here, "check-manifests.mjs")], manifests))!;

    /// <summary>A YAML file of <c>deploy/</c>.</summary>
    public static async Task<JsonNode> ReadAsync(params string[] path) =>
        JsonNode.Parse(
            await RunAsync("node", [Path.Combine(Here, "yaml-to-json.mjs")], await File.ReadAllTextAsync(Path.Combine([Root, .. path]))))!;

    /// <summary>A property of a project as a build with these others would have it; nothing is built.</summary>
    public static async Task<string> EvaluateAsync(string project, string property, params string[] others) =>
        (await RunAsync("dotnet", ["msbuild", Path.Combine(Root, "..", "src", project), $"-getProperty:{property}", .. others.Select(other => $"-p:{other}")], "")).Trim();

    private static async Task<string> RunAsync(string tool, string[] arguments, string input)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var process = Process.Start(
            new ProcessStartInfo(tool, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.StandardInput.WriteAsync(input.AsMemory(), patience.Token);
        process.StandardInput.Close();
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 0, $"{tool} {string.Join(' ', arguments)}: {await errors}");
        return await output;
    }

    private static bool IsInstalled(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool)));

    private static string FolderOf([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
