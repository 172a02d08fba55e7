using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>Streamed audio: parts with status 1, then the whole once more with status 2. There is no <c>[DONE]</c>.</summary>
internal static class AudioFrames
{
    public static IReadOnlyList<Frame> Of(Exchange exchange, byte[] audio, int parts, JsonObject extraInfo)
    {
        int count = Math.Max(1, parts);
        List<Frame> frames = [];
        for (int i = 0; i < count; i++)
        {
            byte[] part = audio[(audio.Length * i / count)..(audio.Length * (i + 1) / count)];
            frames.Add(new Frame(Json.Write(Part(exchange, part))));
        }

        frames.Add(new Frame(Json.Write(Final(exchange, audio, extraInfo)), IsFinal: true));
        return frames;
    }

    private static JsonObject Part(Exchange exchange, byte[] audio) => new()
    {
        ["data"] = new JsonObject { ["audio"] = Convert.ToHexStringLower(audio), ["status"] = 1 },
        ["trace_id"] = exchange.TraceId,
        ["base_resp"] = Json.BaseResp(0, ""),
    };

    private static JsonObject Final(Exchange exchange, byte[] audio, JsonObject extraInfo)
    {
        bool excluded = exchange.Json?.Inner("stream_options")?.Flag("exclude_aggregated_audio") == true;
        return new JsonObject
        {
            ["data"] = new JsonObject { ["audio"] = excluded ? "" : Convert.ToHexStringLower(audio), ["status"] = 2 },
            ["extra_info"] = extraInfo,
            ["trace_id"] = exchange.TraceId,
            ["base_resp"] = Json.BaseResp(0, "success"),
        };
    }
}
