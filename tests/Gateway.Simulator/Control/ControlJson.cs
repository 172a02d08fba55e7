using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Simulator;

/// <summary>The JSON of <c>/_sim/</c>: camelCase members, snake_case operations.</summary>
internal static class ControlJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        AllowOutOfOrderMetadataProperties = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static Task WriteAsync<T>(HttpContext http, T value) =>
        http.Response.WriteAsJsonAsync(value, Options, http.RequestAborted);

    /// <summary>The body, or the default after a 400 that says what is wrong with it.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext http)
        where T : class
    {
        try
        {
            T? value = await http.Request.ReadFromJsonAsync<T>(Options, http.RequestAborted);
            if (value is not null)
            {
                return value;
            }

            await RefuseAsync(http, "the body is null");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            await RefuseAsync(http, e.Message);
        }

        return null;
    }

    private static Task RefuseAsync(HttpContext http, string reason)
    {
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return http.Response.WriteAsync(reason, http.RequestAborted);
    }
}
