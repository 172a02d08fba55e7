using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>The named events of a streamed message: start, ping, one run of frames per block, delta with the usage, stop.</summary>
internal static class MessagesFrames
{
    public static IReadOnlyList<Frame> Of(ChatCompletion chat, ChatSettings settings)
    {
        List<Frame> frames =
        [
            Named(new JsonObject { ["type"] = "message_start", ["message"] = MessagesWire.Opening(chat) }),
            Named(new JsonObject { ["type"] = "ping" }),
        ];
        int index = 0;
        if (MessagesWire.Thinks(chat))
        {
            frames.AddRange(Thinking(chat, settings, index++));
        }

        if (chat.ToolCalls.Count == 0)
        {
            frames.AddRange(Text(chat, settings, index++));
        }

        foreach (ToolCall call in chat.ToolCalls)
        {
            frames.AddRange(ToolUse(call, index++));
        }

        frames.Add(Final(new JsonObject
        {
            ["type"] = "message_delta",
            ["delta"] = new JsonObject { ["stop_reason"] = MessagesWire.StopReason(chat) },
            ["usage"] = MessagesWire.Usage(chat),
        }));
        frames.Add(Final(new JsonObject { ["type"] = "message_stop" }));
        return frames;
    }

    private static IEnumerable<Frame> Thinking(ChatCompletion chat, ChatSettings settings, int index) =>
        Block(
            index,
            new JsonObject { ["type"] = "thinking", ["thinking"] = "", ["signature"] = "" },
            [
                .. ChatFrames.Pieces(chat.Reasoning, settings.ReasoningFrames)
                    .Select(static piece => new JsonObject { ["type"] = "thinking_delta", ["thinking"] = piece }),
                new JsonObject { ["type"] = "signature_delta", ["signature"] = MessagesWire.Signature(chat) },
            ]);

    private static IEnumerable<Frame> Text(ChatCompletion chat, ChatSettings settings, int index) =>
        Block(
            index,
            new JsonObject { ["type"] = "text", ["text"] = "" },
            ChatFrames.Pieces(chat.Content, Math.Max(1, settings.ContentFrames))
                .Select(static piece => new JsonObject { ["type"] = "text_delta", ["text"] = piece }));

    private static IEnumerable<Frame> ToolUse(ToolCall call, int index) =>
        Block(
            index,
            MessagesWire.ToolUse(call, new JsonObject()),
            ChatFrames.Pieces(call.Arguments, 2)
                .Select(static piece => new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = piece }));

    private static IEnumerable<Frame> Block(int index, JsonObject start, IEnumerable<JsonObject> deltas) =>
    [
        Named(new JsonObject { ["type"] = "content_block_start", ["index"] = index, ["content_block"] = start }),
        .. deltas.Select(delta => Named(new JsonObject { ["type"] = "content_block_delta", ["index"] = index, ["delta"] = delta })),
        Named(new JsonObject { ["type"] = "content_block_stop", ["index"] = index }),
    ];

    private static Frame Named(JsonObject body) => new(Json.Write(body), (string)body["type"]!);

    private static Frame Final(JsonObject body) => Named(body) with { IsFinal = true };
}
