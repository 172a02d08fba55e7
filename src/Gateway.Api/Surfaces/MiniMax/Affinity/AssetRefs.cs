using System.Text;
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
    private static readonly string[] Voices = ["voice_setting.voice_id", "timbre_weights[].voice_id"];

    public static List<AssetRef> Find(JobKind kind, WorkOperation operation, ReadOnlySpan<byte> body) => operation switch
    {
        WorkOperation.Plain => kind switch
        {
            JobKind.Chat => InLinks(body),
            JobKind.Speech => At(body, AssetRefKind.Voice, Voices),
            JobKind.Music => At(body, AssetRefKind.Cover, "cover_feature_id"),
            _ => [],
        },
        WorkOperation.SpeechTask => [.. At(body, AssetRefKind.Voice, Voices), .. At(body, AssetRefKind.File, "text_file_id")],
        WorkOperation.VoiceClone => At(body, AssetRefKind.File, "file_id", "clone_prompt.prompt_audio"),
        WorkOperation.VideoV2 => InLinks(body),
        WorkOperation.VideoContext or WorkOperation.VideoRegeneration => [.. At(body, AssetRefKind.Task, "task_id"), .. InLinks(body)],
        _ => [],
    };

    private static List<AssetRef> At(ReadOnlySpan<byte> body, AssetRefKind kind, params string[] paths)
    {
        List<AssetRef> refs = [];
        foreach (var value in JsonValues.Find(body, paths))
            if (value.Text(body) is { Length: > 0 } name) refs.Add(new AssetRef(kind, name, value.Bytes, value.Type));
        return refs;
    }

    // mm_file://{id} anywhere in the body. Searched in the bytes: a body may hold megabytes of pictures.
    private static List<AssetRef> InLinks(ReadOnlySpan<byte> body)
    {
        List<AssetRef> refs = [];
        for (var at = 0; body[at..].IndexOf("mm_file:"u8) is var found and >= 0;)
        {
            at += found + "mm_file:".Length;
            at += Slashes(body[at..]);
            var length = body[at..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (length is > 0 and <= 19) refs.Add(new AssetRef(AssetRefKind.File, Encoding.ASCII.GetString(body.Slice(at, length)), at..(at + length), Type: null));
        }

        return refs;
    }

    // Some writers escape slashes.
    private static int Slashes(ReadOnlySpan<byte> text) => text.StartsWith("//"u8) ? 2 : text.StartsWith("\\/\\/"u8) ? 4 : 0;
}
