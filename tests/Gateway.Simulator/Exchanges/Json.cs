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

    /// <summary>What the queries of a task carry.</summary>
    public static JsonObject BaseResp(TaskFailure? failure) =>
        failure is null ? BaseResp(0, "success") : BaseResp(failure.Code, failure.Message);

    /// <summary>A member's text; null when it is missing, empty or no string.</summary>
    public static string? Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    public static bool Flag(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    /// <summary>A member's whole number, written as a number or as a string; null when it is neither.</summary>
    public static long? Number(this JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetInt64(out long number) => number,
            JsonValueKind.String when long.TryParse(value.GetString(), out long number) => number,
            _ => null,
        };
    }

    /// <summary>A member that is an object; null otherwise.</summary>
    public static JsonElement? Inner(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object ? value : null;

    /// <summary>The objects in a member that is an array; none otherwise.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.Object)
            : [];

    public static bool Has(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);
}
