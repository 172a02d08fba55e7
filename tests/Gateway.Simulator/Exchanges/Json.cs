using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Simulator;

internal static class Json
{
    // The platform sends UTF-8 as it is. Escaping it all would hide a gateway that cuts characters in half.
    // (This encoder still escapes what lies beyond the basic plane, such as emoji.)
    private static readonly JsonSerializerOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(JsonObject body) => body.ToJsonString(Written);

    public static JsonObject BaseResp(int code, string message) =>
        new() { ["status_code"] = code, ["status_msg"] = message };

    /// <summary>A member's text; null when it is missing, empty or no string.</summary>
    public static string? Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text
            : null;
}
