using Gateway.Api.Http;
using Gateway.Model.Json;
using Gateway.Model.Kinds;

namespace Gateway.Api.Surfaces.MiniMax.Affinity;

/// <summary>Finds the ids in native bodies, by operation (docs/minimax.md, "Video, second API", "Speech" to "Music").</summary>
internal static class AssetRefs
{
    // The last is how older clients spell it.
    private static readonly string[] Voices = ["voice_setting.voice_id", "timbre_weights[].voice_id", "timber_weights[].voice_id"];

    private static readonly string[] ChatVoice = ["voice_setting.voice_id"]; // some chat models speak (docs/minimax.md, "Chat")
    private static readonly string[] CloneFiles = ["file_id", "clone_prompt.prompt_audio"];

    /// <summary>A request names a dozen at most (docs/minimax.md, "Video, second API"): each costs a look at the database.</summary>
    private const int Most = 100;

    /// <exception cref="ApiException">It names too many, or one in two places of which an upstream reads but one.</exception>
    public static List<AssetRef> Find(JobKind kind, WorkOperation operation, ReadOnlySpan<byte> body, CancellationToken cancellationToken = default)
    {
        List<AssetRef> refs = [];
        Add(refs, kind, operation, body, cancellationToken);
        return refs.Count <= Most ? refs : throw new ApiException(NativeErrors.Invalid("body", $"it names {refs.Count} files, voices and tasks, and may name {Most}: leave some out"));
    }

    private static void Add(List<AssetRef> refs, JobKind kind, WorkOperation operation, ReadOnlySpan<byte> body, CancellationToken cancellationToken)
    {
        switch (kind, operation)
        {
            case (JobKind.Chat, WorkOperation.Plain): At(AssetRefKind.Voice, body, ChatVoice); break;
            case (JobKind.Speech, WorkOperation.Plain): At(AssetRefKind.Voice, body, Voices); break;
            case (JobKind.Music, WorkOperation.Plain): At(AssetRefKind.Cover, body, "cover_feature_id"); break;
            case (_, WorkOperation.SpeechTask): At(AssetRefKind.Voice, body, Voices); At(AssetRefKind.File, body, "text_file_id"); break;
            case (_, WorkOperation.VoiceClone): At(AssetRefKind.File, body, CloneFiles); break;
            case (_, WorkOperation.VideoContext or WorkOperation.VideoRegeneration): At(AssetRefKind.Task, body, "task_id"); break;
            default: break;
        }

        if (HasLinks(kind, operation)) FileLinks.AddTo(refs, body, cancellationToken);

        void At(AssetRefKind named, ReadOnlySpan<byte> json, params string[] paths)
        {
            var values = JsonValues.FindAnyCase(json, paths, cancellationToken);
            RefuseTwice(values);
            foreach (var value in values)
                if (value.Text(json) is { Length: > 0 } name) refs.Add(new AssetRef(named, name, value.Bytes, value.Type));
        }
    }

    private static bool HasLinks(JobKind kind, WorkOperation operation) =>
        (kind, operation) is (JobKind.Chat, WorkOperation.Plain) or (_, WorkOperation.VideoV2 or WorkOperation.VideoContext or WorkOperation.VideoRegeneration);

    // What stands in no list stands once: of two an upstream reads one, and nobody knows which.
    private static void RefuseTwice(List<JsonScalar> values)
    {
        if (values.Count < 2) return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, _, _) in values)
            if (!path.Contains('[', StringComparison.Ordinal) && !seen.Add(path)) throw new ApiException(ApiError.Field(path, DecisiveFields.Once));
    }
}
