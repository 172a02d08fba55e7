using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>The objects of <c>/anthropic/v1/messages</c>.</summary>
internal static class MessagesWire
{
    public static JsonObject Whole(ChatCompletion chat)
    {
        JsonArray content = [];
        if (Thinks(chat))
        {
            content.Add(new JsonObject { ["thinking"] = chat.Reasoning, ["signature"] = Signature(chat), ["type"] = "thinking" });
        }

        if (chat.ToolCalls.Count == 0)
        {
            content.Add(new JsonObject { ["text"] = chat.Content, ["type"] = "text" });
        }

        foreach (ToolCall call in chat.ToolCalls)
        {
            content.Add(ToolUse(call, JsonNode.Parse(call.Arguments)!));
        }

        JsonObject body = Envelope(chat, content);
        body["usage"] = Usage(chat);
        body["stop_reason"] = StopReason(chat);
        body["base_resp"] = Json.BaseResp(0, "");
        return body;
    }

    /// <summary>The message of <c>message_start</c>: empty, and with a usage that knows nothing yet.</summary>
    public static JsonObject Opening(ChatCompletion chat)
    {
        JsonObject body = Envelope(chat, []);
        body["stop_reason"] = null;
        body["stop_sequence"] = null;
        body["usage"] = Usage(0, 0);
        body["service_tier"] = "standard";
        return body;
    }

    public static JsonObject ToolUse(ToolCall call, JsonNode input) =>
        new() { ["type"] = "tool_use", ["id"] = call.Id, ["name"] = call.Name, ["input"] = input };

    public static JsonObject Usage(ChatCompletion chat)
    {
        JsonObject usage = chat.Usage();
        return Usage((int)usage["prompt_tokens"]!, (int)usage["completion_tokens"]!);
    }

    public static string StopReason(ChatCompletion chat) => chat.ToolCalls.Count > 0 ? "tool_use" : "end_turn";

    /// <summary>Thinking is off on this surface unless asked for, and cannot be turned off for M2.</summary>
    public static bool Thinks(ChatCompletion chat) =>
        chat.Model.StartsWith("MiniMax-M2", StringComparison.Ordinal)
        || chat.Request.Inner("thinking")?.Text("type") is "adaptive" or "enabled";

    public static string Signature(ChatCompletion chat) => chat.Id + chat.Id;

    private static JsonObject Envelope(ChatCompletion chat, JsonArray content) => new()
    {
        ["id"] = chat.Id,
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = chat.Model,
        ["content"] = content,
    };

    private static JsonObject Usage(int input, int output) => new()
    {
        ["input_tokens"] = input,
        ["output_tokens"] = output,
        ["cache_creation_input_tokens"] = 0,
        ["cache_read_input_tokens"] = 0,
    };
}
