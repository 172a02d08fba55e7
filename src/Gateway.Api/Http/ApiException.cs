namespace Gateway.Api.Http;

/// <summary>Ends a request with an error the caller is told; thrown only at the edge, where the shape of the request is read.</summary>
internal sealed class ApiException(ApiError error) : Exception(error.OneLine)
{
    public ApiError Error => error;
}
