using System.Text.Json;

namespace Gateway.Api.Surfaces.MiniMax.Catalog;

/// <summary>A model as its upstream lists it.</summary>
internal sealed record ListedModel(string Id, JsonElement Json);
