using System.Text.Json.Nodes;

namespace Gateway.Api.Surfaces.MiniMax.Catalog;

/// <summary>The chat models some account can serve, in MiniMax's shape (docs/minimax.md, "Models").</summary>
internal static class ModelsApi
{
    public static async Task<IResult> ListAsync(ModelCatalog catalog, CancellationToken cancellationToken)
    {
        var data = new JsonArray();
        foreach (var model in await catalog.ListAsync(cancellationToken)) data.Add(JsonObject.Create(model.Json));
        return Results.Json(new JsonObject { ["object"] = "list", ["data"] = data });
    }
}
