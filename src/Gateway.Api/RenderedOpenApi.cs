using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gateway.Api;

/// <summary>
/// The document as it is sent. Nobody needs a token for it and making it costs many milliseconds of a core, so it is made once;
/// it says nothing of the request, and the routes stay as they are.
/// </summary>
internal sealed class RenderedOpenApi([FromKeyedServices(OpenApiDocument.Name)] IOpenApiDocumentProvider provider)
{
    private readonly Lazy<Task<byte[]>> _text = new(() => RenderAsync(provider));

    public Task<byte[]> Text => _text.Value;

    private static async Task<byte[]> RenderAsync(IOpenApiDocumentProvider provider)
    {
        // Shared by all who ask: nobody's leaving ends it.
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        return Encoding.UTF8.GetBytes(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, CancellationToken.None));
    }
}
