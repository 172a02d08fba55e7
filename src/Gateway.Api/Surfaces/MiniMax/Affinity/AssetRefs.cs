using System.Text.Json;
using Gateway.Grains.Jobs;
using Gateway.Grains.Upstreams;

namespace Gateway.Api.Surfaces.MiniMax.Affinity;

/// <summary>What a native body names that lives on one account only.</summary>
/// <param name="Kind">What it names.</param>
/// <param name="Name">The id as the caller knows it.</param>
/// <param name="Bytes">Where it stands in the body.</param>
/// <param name="Type">What stands there: a string with its quotes, a number, or (null) bare digits inside a longer text.</param>
internal sealed record AssetRef(AssetRefKind Kind, string Name, Range Bytes, JsonTokenType? Type);

internal enum AssetRefKind
{
    File,
    Voice,
    Cover,
    Task,
}

/// <summary>Finds the ids in native bodies, by operation (specs 5.4, 6.1 to 6.5).</summary>
internal static class AssetRefs
{
    // The last is how older clients spell it.
    private static readonly string[] Voices = ["voice_setting.voice_id", "timbre_weights[].voice_id", "timber_weights[].voice_id"];

    public static List<AssetRef> Find(JobKind kind, WorkOperation operation, ReadOnlySpan<byte> body) => operation switch
    {
        WorkOperation.Plain => kind switch
        {
            // Some chat models speak (specs 1.1).
            JobKind.Chat => [.. At(body, AssetRefKind.Voice, "voice_setting.voice_id"), .. FileLinks.In(body)],
            JobKind.Speech => At(body, AssetRefKind.Voice, Voices),
            JobKind.Music => At(body, AssetRefKind.Cover, "cover_feature_id"),
            _ => [],
        },
        WorkOperation.SpeechTask => [.. At(body, AssetRefKind.Voice, Voices), .. At(body, AssetRefKind.File, "text_file_id")],
        WorkOperation.VoiceClone => At(body, AssetRefKind.File, "file_id", "clone_prompt.prompt_audio"),
        WorkOperation.VideoV2 => FileLinks.In(body),
        WorkOperation.VideoContext or WorkOperation.VideoRegeneration => [.. At(body, AssetRefKind.Task, "task_id"), .. FileLinks.In(body)],
        _ => [],
    };

    private static List<AssetRef> At(ReadOnlySpan<byte> body, AssetRefKind kind, params string[] paths)
    {
        List<AssetRef> refs = [];
        foreach (var value in JsonValues.FindAnyCase(body, paths))
            if (value.Text(body) is { Length: > 0 } name) refs.Add(new AssetRef(kind, name, value.Bytes, value.Type));
        return refs;
    }
}
