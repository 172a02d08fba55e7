using System.Text.Json;

namespace Gateway.Simulator;

/// <summary>The part of a submit that matters for its result.</summary>
internal sealed record VideoInput(string Model, string Prompt, int Width, int Height) : TaskInput(Model, Prompt)
{
    private const int LongestPrompt = 2000;

    public static VideoInput Read(JsonElement request, string model)
    {
        (int width, int height) = (request.Text("resolution") ?? DefaultResolution(model)) switch
        {
            "512P" => (910, 512),
            "720P" => (1280, 720),
            "1080P" => (1920, 1080),
            _ => (1366, 768),
        };
        return new VideoInput(model, request.Text("prompt") ?? "", width, height);
    }

    /// <summary>What is wrong with a submit; null when nothing is.</summary>
    public static string? Fault(JsonElement? body, string model)
    {
        if (body is not { } request)
        {
            return "invalid params, the body is not a JSON object";
        }

        if (model.Length == 0)
        {
            return "invalid params, model is empty";
        }

        if (request.Text("prompt") is { Length: > LongestPrompt })
        {
            return "invalid params, prompt is longer than 2000 characters";
        }

        string[] needed = NeededInputs(model);
        return needed.Any(name => HasValue(request, name)) ? null : $"invalid params, {needed[0]} is empty";
    }

    private static string[] NeededInputs(string model) => model switch
    {
        "S2V-01" => ["subject_reference"],
        "MiniMax-Hailuo-2.3-Fast" => ["first_frame_image"],
        _ when model.StartsWith("I2V-", StringComparison.Ordinal) => ["first_frame_image"],
        _ when model.StartsWith("T2V-", StringComparison.Ordinal) => ["prompt"],
        "MiniMax-Hailuo-02" => ["prompt", "first_frame_image", "last_frame_image"],
        _ => ["prompt", "first_frame_image"],
    };

    private static bool HasValue(JsonElement request, string name) =>
        request.TryGetProperty(name, out JsonElement value)
        && value.ValueKind switch
        {
            JsonValueKind.String => value.GetString() is { Length: > 0 },
            JsonValueKind.Array => value.GetArrayLength() > 0,
            _ => false,
        };

    private static string DefaultResolution(string model) =>
        model.Contains("-01", StringComparison.Ordinal) ? "720P" : "768P";
}
