using Gateway.Api.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gateway.Api;

/// <summary>What the OpenAPI document says beyond the routes; docs/openapi.json is its committed copy.</summary>
internal static class OpenApiDocument
{
    public const string Name = "v1";

    public static void Describe(OpenApiOptions options)
    {
        // A HEAD is its GET without the body: it would stand there a second time under the same name.
        var isOfDocument = options.ShouldInclude;
        options.ShouldInclude = description => isOfDocument(description) && !HttpMethods.IsHead(description.HttpMethod ?? "");
        options.AddDocumentTransformer(Describe);
        options.AddOperationTransformer(DescribeQuery);
    }

    // From the same list that refuses all others.
    private static Task DescribeQuery(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var known = context.Description.ActionDescriptor.EndpointMetadata.OfType<KnownQuery.Parameters>();
        foreach (var name in known.SelectMany(parameters => parameters.Names))
            (operation.Parameters ??= []).Add(
                new OpenApiParameter
                {
                    Name = name,
                    In = ParameterLocation.Query,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                });
        return Task.CompletedTask;
    }

    private static Task Describe(
        Microsoft.OpenApi.OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Gateway",
            Version = "v1",
            Description = "A self-hosted gateway in front of many MiniMax accounts.",
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["bearer"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A team's token, or the admin token.",
            },
            ["apiKey"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = "x-api-key",
                Description = "The same token, for clients that send it so.",
            },
        };
        return Task.CompletedTask;
    }

    /// <summary>Says the document to whoever asks.</summary>
    public static void MapOpenApiDocument(this IEndpointRouteBuilder routes) =>
        routes.MapGet(
            $"/openapi/{Name}.json",
            async (RenderedOpenApi rendered) =>
                Results.Bytes(await rendered.Text, "application/json;charset=utf-8")).ExcludeFromDescription();
}
