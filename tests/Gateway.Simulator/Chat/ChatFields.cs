using System.Collections.Frozen;
using System.Text.Json;

namespace Gateway.Simulator;

internal static class ChatFields
{
    private static readonly FrozenSet<string> Known = new[]
    {
        "model", "messages", "stream", "stream_options", "max_completion_tokens", "max_tokens", "temperature", "top_p",
        "tools", "tool_choice", "response_format", "mask_sensitive_info", "voice_setting", "audio_setting",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The platform does not refuse what it does not know: it answers, and warns beside status code 0.</summary>
    public static string Warning(JsonElement request)
    {
        foreach (JsonProperty property in request.EnumerateObject())
        {
            if (!Known.Contains(property.Name))
            {
                return $"Invalid parameters detected, json: unknown field \"{property.Name}\"";
            }
        }

        return "";
    }
}
