using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;

namespace Gateway.Api.Tests.Edge;

/// <summary>docs/openapi.json is what the gateway serves: the API's changes show in reviews.</summary>
public sealed class OpenApiTests : GatewayTest
{
    private const string HowToUpdate =
        "docs/openapi.json is not what the gateway serves. When the change is meant: GATEWAY_UPDATE_OPENAPI=1 dotnet test " +
            "tests/Gateway.Api.Tests --filter OpenApi, and commit the file.";

    [Fact]
    public async Task The_committed_document_is_the_served_one()
    {
        var served = (await Nobody.GetAsync("/openapi/v1.json")).Expect(200).Body.ReplaceLineEndings("\n").TrimEnd() + "\n";
        var file = Path.Combine(Root(), "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("GATEWAY_UPDATE_OPENAPI") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, served, Patience);
        }

        Assert.True(File.Exists(file), HowToUpdate);
        Assert.True(served == (await File.ReadAllTextAsync(file, Patience)).ReplaceLineEndings("\n"), HowToUpdate);
    }

    [Fact]
    public async Task H13_it_is_made_once_for_all_who_ask()
    {
        var first = (await Nobody.GetAsync("/openapi/v1.json")).Expect(200);
        var made = Gateway.Services.GetRequiredService<RenderedOpenApi>();
        Assert.Equal(first.Bytes, await made.Text);
        Assert.Same(await made.Text, await made.Text);
        Assert.Equal(first.Body, (await Admin.GetAsync("/openapi/v1.json", ("Host", "elsewhere.example"))).Expect(200).Body);
        (await Nobody.GetAsync("/openapi/v2.json")).Expect(404);
    }

    [Fact]
    public async Task It_names_every_route_once()
    {
        var paths = (await Nobody.GetAsync("/openapi/v1.json")).Json["paths"]!.AsObject();
        foreach (var (path, method) in new[]
        {
            ("/v1/jobs", "post"), ("/v1/jobs", "get"), ("/v1/jobs/{id}", "get"), ("/v1/jobs/{id}/cancel", "post"),
            ("/v1/jobs/{id}/events", "get"), ("/v1/jobs/{id}/result", "get"),
            ("/v1/text/chatcompletion_v2", "post"), ("/v1/video_generation", "post"), ("/v1/query/video_generation", "get"),
            ("/v1/files/retrieve", "get"),
            ("/v1/minimax/accounts", "post"), ("/v1/minimax/accounts/{account}", "delete"), ("/v1/admin/accounts/{account}", "patch"),
            ("/v1/admin/teams/{team}/tokens", "post"),
        }) Assert.True(paths[path]?[method] is JsonObject, $"{method} {path}");
        var names = paths.SelectMany(path => path.Value!.AsObject())
            .Select(operation => operation.Value!["operationId"]?.ToString())
            .ToList();
        Assert.All(names, name => Assert.False(string.IsNullOrEmpty(name)));
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    private static string Root([CallerFilePath] string here = "")
    {
        var directory = new DirectoryInfo(Path.GetDirectoryName(here)!);
        while (!File.Exists(Path.Combine(directory.FullName, "Gateway.sln"))) directory = directory.Parent!;
        return directory.FullName;
    }
}
