using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>The whole answer to a chat, made from the request alone so that tests can predict it.</summary>
internal sealed record ChatCompletion(string Id, string Model, long Created, string Reasoning, string Content, JsonElement Request)
{
    /// <summary>What it says instead of content; usually nothing.</summary>
    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];

    public string FinishReason => ToolCalls.Count > 0 ? "tool_calls" : "stop";

    /// <summary>OpenAI's form only: the reasoning comes apart from the content.</summary>
    public bool SplitsReasoning => Request.Flag("reasoning_split");

    public static ChatCompletion Echo(Exchange exchange, JsonElement request, ChatSettings settings)
    {
        string said = LastUserText(request);
        IReadOnlyList<ToolCall> calls = ToolCall.Of(request, settings.ToolCalls, said, exchange.TraceId);
        return new ChatCompletion(
            exchange.TraceId,
            exchange.Model,
            exchange.ReceivedAt.ToUnixTimeSeconds(),
            $"The user said {said.Length} characters. I repeat them.",
            calls.Count > 0 ? "" : $"Echo: {said}",
            request)
        {
            ToolCalls = calls,
        };
    }

    public JsonObject Usage()
    {
        int prompt = 8 + Tokens(Request.GetProperty("messages").GetRawText());
        int reasoning = Tokens(Reasoning);
        int completion = reasoning + Tokens(Content) + ToolCalls.Sum(static call => Tokens(call.Arguments));
        return new JsonObject
        {
            ["total_tokens"] = prompt + completion,
            ["total_characters"] = 0,
            ["prompt_tokens"] = prompt,
            ["completion_tokens"] = completion,
            ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = reasoning },
        };
    }

    // Four characters a token is the usual rule of thumb; exactness does not matter, repeatability does.
    private static int Tokens(string text) => (text.Length + 3) / 4;

    private static string LastUserText(JsonElement request)
    {
        JsonElement last = request.GetProperty("messages").EnumerateArray()
            .LastOrDefault(static message => message.ValueKind == JsonValueKind.Object && message.Text("role") == "user");
        return last.ValueKind == JsonValueKind.Object && last.TryGetProperty("content", out JsonElement content)
            ? ContentText(content)
            : "";
    }

    private static string ContentText(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => content.GetString() ?? "",
        JsonValueKind.Array => PartsText(content),
        _ => "",
    };

    private static string PartsText(JsonElement parts)
    {
        var text = new StringBuilder();
        foreach (JsonElement part in parts.EnumerateArray().Where(static part => part.ValueKind == JsonValueKind.Object))
        {
            text.Append(part.Text("text"));
        }

        return text.ToString();
    }
}
