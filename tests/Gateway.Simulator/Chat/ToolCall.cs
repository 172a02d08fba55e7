using System.Text.Json;

namespace Gateway.Simulator;

/// <summary>A call of a tool the request offered, in place of an answer.</summary>
internal sealed record ToolCall(string Id, string Name, string Arguments)
{
    /// <summary>So many calls of the first tool; none when there is none, or when the chat has just brought a tool's result.</summary>
    public static IReadOnlyList<ToolCall> Of(JsonElement request, int count, string said, string id)
    {
        if (count == 0 || request.Items("tools").Select(NameOf).FirstOrDefault() is not { } name || EndsInResult(request))
        {
            return [];
        }

        string arguments = JsonSerializer.Serialize(new Dictionary<string, string> { ["said"] = said });
        return [.. Enumerable.Range(1, count).Select(i => new ToolCall($"call_function_{id[..12]}_{i}", name, arguments))];
    }

    // Anthropic's tools carry their name themselves, the others inside a function.
    private static string? NameOf(JsonElement tool) => (tool.Inner("function") ?? tool).Text("name");

    private static bool EndsInResult(JsonElement request)
    {
        JsonElement last = request.Items("messages").LastOrDefault();
        return last.ValueKind == JsonValueKind.Object
            && (last.Text("role") == "tool" || last.Items("content").Any(static part => part.Text("type") == "tool_result"));
    }
}
