using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>The JSON objects of <c>chatcompletion_v2</c>, members in the order the platform sends them.</summary>
internal static class ChatWire
{
    private const string Speaker = "MiniMax AI";

    public static JsonObject Whole(ChatCompletion chat, string warning)
    {
        var message = new JsonObject
        {
            ["content"] = chat.Content,
            ["role"] = "assistant",
            ["name"] = Speaker,
            ["audio_content"] = "",
            ["reasoning_content"] = chat.Reasoning,
        };
        AddToolCalls(message, chat);
        return Finished(chat, message, warning);
    }

    /// <summary>The last frame of a stream: the text once more, as a message, with the full usage.</summary>
    public static JsonObject Summary(ChatCompletion chat, string warning) =>
        Finished(chat, AddToolCalls(new JsonObject { ["content"] = chat.Content, ["role"] = "assistant" }, chat), warning);

    /// <summary>The first part of a call names it; the others carry arguments only.</summary>
    public static JsonObject ToolDelta(ChatCompletion chat, int index, string piece, bool first)
    {
        ToolCall call = chat.ToolCalls[index];
        var part = new JsonObject
        {
            ["index"] = index,
            ["type"] = "function",
            ["function"] = first
                ? new JsonObject { ["name"] = call.Name, ["arguments"] = piece }
                : new JsonObject { ["arguments"] = piece },
        };
        if (first)
        {
            part["id"] = call.Id;
        }

        var delta = new JsonObject { ["role"] = "assistant", ["content"] = "", ["tool_calls"] = new JsonArray(part) };
        return Chunk(chat, new JsonObject { ["index"] = 0, ["delta"] = delta });
    }

    public static JsonObject ToolFinish(ChatCompletion chat) =>
        Chunk(chat, new JsonObject { ["finish_reason"] = chat.FinishReason, ["index"] = 0, ["delta"] = new JsonObject() });

    public static JsonObject ReasoningDelta(ChatCompletion chat, string piece) =>
        Chunk(chat, new JsonObject { ["index"] = 0, ["delta"] = Delta("", piece) });

    public static JsonObject ContentDelta(ChatCompletion chat, string piece) =>
        Chunk(chat, new JsonObject { ["index"] = 0, ["delta"] = Delta(piece, "") });

    public static JsonObject FinishDelta(ChatCompletion chat, string piece) =>
        Chunk(chat, new JsonObject { ["finish_reason"] = "stop", ["index"] = 0, ["delta"] = Delta(piece, null) });

    public static JsonObject Refused(Exchange exchange, int code, string message)
    {
        JsonObject body = Skeleton(
            exchange.TraceId, null, exchange.ReceivedAt.ToUnixTimeSeconds(), exchange.Model, "chat.completion", NoUsage());
        body["base_resp"] = Json.BaseResp(code, message);
        return body;
    }

    private static JsonObject AddToolCalls(JsonObject message, ChatCompletion chat)
    {
        if (chat.ToolCalls.Count == 0)
        {
            return message;
        }

        JsonArray calls = [.. chat.ToolCalls.Select(static (call, index) => new JsonObject
        {
            ["id"] = call.Id,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments },
            ["index"] = index,
        })];
        message["tool_calls"] = calls;
        return message;
    }

    private static JsonObject Finished(ChatCompletion chat, JsonObject message, string warning)
    {
        var choice = new JsonObject { ["finish_reason"] = chat.FinishReason, ["index"] = 0, ["message"] = message };
        JsonObject body = Skeleton(chat.Id, [choice], chat.Created, chat.Model, "chat.completion", chat.Usage());
        body["base_resp"] = Json.BaseResp(0, warning);
        return body;
    }

    private static JsonObject Chunk(ChatCompletion chat, JsonObject choice) =>
        Skeleton(chat.Id, [choice], chat.Created, chat.Model, "chat.completion.chunk", NoUsage());

    private static JsonObject Delta(string content, string? reasoning)
    {
        var delta = new JsonObject
        {
            ["content"] = content,
            ["role"] = "assistant",
            ["name"] = Speaker,
            ["audio_content"] = "",
        };
        if (reasoning is not null)
        {
            delta["reasoning_content"] = reasoning;
        }

        return delta;
    }

    private static JsonObject NoUsage() => new() { ["total_tokens"] = 0, ["total_characters"] = 0 };

    private static JsonObject Skeleton(string id, JsonArray? choices, long created, string model, string kind, JsonObject usage) =>
        new()
        {
            ["id"] = id,
            ["choices"] = choices,
            ["created"] = created,
            ["model"] = model,
            ["object"] = kind,
            ["usage"] = usage,
            ["input_sensitive"] = false,
            ["output_sensitive"] = false,
            ["input_sensitive_type"] = 0,
            ["output_sensitive_type"] = 0,
            ["output_sensitive_int"] = 0,
        };
}
