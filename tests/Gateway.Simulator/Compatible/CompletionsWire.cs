using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>The native objects, with the differences of <c>/v1/chat/completions</c>.</summary>
internal static class CompletionsWire
{
    public static JsonObject Whole(ChatCompletion chat)
    {
        JsonObject body = ChatWire.Whole(chat, "");
        body["usage"] = Usage(chat);
        JsonObject message = body["choices"]![0]!["message"]!.AsObject();
        if (chat.SplitsReasoning)
        {
            message["reasoning_details"] = Details(chat.Reasoning);
        }
        else
        {
            message["content"] = Thought(chat) + chat.Content;
            message.Remove("reasoning_content");
        }

        return body;
    }

    /// <summary>The reasoning as the start of the content, where the client did not ask for it apart.</summary>
    public static string Thought(ChatCompletion chat) => $"<think>\n{chat.Reasoning}\n</think>\n\n";

    public static JsonObject ReasoningDelta(ChatCompletion chat, string piece)
    {
        JsonObject body = WithoutUsage(ChatWire.ReasoningDelta(chat, piece));
        JsonObject delta = body["choices"]![0]!["delta"]!.AsObject();
        delta.Remove("content");
        delta["reasoning_details"] = Details(piece);
        return body;
    }

    public static JsonObject WithoutUsage(JsonObject chunk)
    {
        chunk["usage"] = null;
        return chunk;
    }

    /// <summary>The last frame for clients that asked for the usage: no choices.</summary>
    public static JsonObject UsageOnly(ChatCompletion chat) => new()
    {
        ["id"] = chat.Id,
        ["choices"] = new JsonArray(),
        ["created"] = chat.Created,
        ["model"] = chat.Model,
        ["object"] = "chat.completion.chunk",
        ["usage"] = Usage(chat),
        ["base_resp"] = Json.BaseResp(0, ""),
    };

    private static JsonObject Usage(ChatCompletion chat)
    {
        JsonObject usage = chat.Usage();
        usage["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = 0 };
        return usage;
    }

    private static JsonArray Details(string text) =>
    [
        new JsonObject
        {
            ["type"] = "reasoning.text",
            ["id"] = "reasoning-text-1",
            ["format"] = "MiniMax-response-v1",
            ["index"] = 0,
            ["text"] = text,
        },
    ];
}
