using System.Text.Json.Serialization;

namespace Gateway.Model.Native;

/// <summary>The verdict in a native answer: 0 is a success.</summary>
internal sealed record BaseResp(
    [property: JsonPropertyName("status_code")] int StatusCode, [property: JsonPropertyName("status_msg")] string StatusMsg)
{
    public static readonly BaseResp Success = new(0, "success");
}
