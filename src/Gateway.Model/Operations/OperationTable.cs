using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Model.Kinds;

namespace Gateway.Model.Operations;

/// <summary>The table of operations (docs/minimax.md).</summary>
internal static class OperationTable
{
    // The last is how older clients spell it.
    private static readonly AssetUse Voices = new(
        AssetRefKind.Voice, ["voice_setting.voice_id", "timbre_weights[].voice_id", "timber_weights[].voice_id"]);
    private static readonly AssetUse Task = new(AssetRefKind.Task, ["task_id"]);

    public static IReadOnlyList<Operation> All { get; } =
    [
        new(JobKind.Chat, WorkOperation.Plain, NativePaths.Chat, "chat", UnitRule.Tokens)
        {
            NeedsModel = true,
            ModelFamilies = [new("chat-m3", Prefix: "MiniMax-M3"), new("chat-m2", Prefix: "MiniMax-M2")],
            Uses = [new(AssetRefKind.Voice, ["voice_setting.voice_id"])], // some chat models speak
            HasFileLinks = true,
            ShownAt = ["choices"],
            Usage = ReportedUsage.Tokens,
        },
        new(JobKind.Image, WorkOperation.Plain, NativePaths.Image, "image", UnitRule.Pictures)
        {
            NeedsModel = true,
            ShownAt = ["data.image_urls[]", "data.image_base64[]"],
            Usage = ReportedUsage.Pictures, // fewer than asked for where moderation dropped some
        },
        new(JobKind.Speech, WorkOperation.Plain, NativePaths.Speech, "speech", UnitRule.Characters)
        {
            NeedsModel = true,
            Uses = [Voices],
            ShownAt = ["data.audio", "data.audio_url"],
            Usage = ReportedUsage.Characters,
        },
        new(JobKind.Speech, WorkOperation.SpeechTask, NativePaths.SpeechTask, "speech-task", UnitRule.Characters)
        {
            Task = TaskApi.Speech,
            NeedsModel = true,
            ToldBy = "text_file_id",
            Uses = [Voices, new(AssetRefKind.File, ["text_file_id"])],
        },
        new(JobKind.Speech, WorkOperation.VoiceClone, NativePaths.VoiceClone, "voice-clone", UnitRule.One)
        {
            Uses = [new(AssetRefKind.File, ["file_id", "clone_prompt.prompt_audio"])],
            Makes = new(AssetKind.Voice, "voice_cloning", "voice_id", IsNamedByCaller: true),
        },
        new(JobKind.Speech, WorkOperation.VoiceDesign, NativePaths.VoiceDesign, "voice-design", UnitRule.One)
        {
            Makes = new(AssetKind.Voice, "voice_generation", "voice_id"),
            ShownAt = ["voice_id"],
        },
        new(JobKind.Music, WorkOperation.Plain, NativePaths.Music, "music", UnitRule.One)
        {
            NeedsModel = true,
            ModelFamilies = [new("music-free", Suffix: "-free")],
            Uses = [new(AssetRefKind.Cover, ["cover_feature_id"])],
            ShownAt = ["data.audio", "data.audio_url"],
        },
        new(JobKind.Music, WorkOperation.Lyrics, NativePaths.Lyrics, "lyrics", UnitRule.One) { ShownAt = ["lyrics"] },
        new(JobKind.Music, WorkOperation.CoverPreprocess, NativePaths.CoverPreprocess, "lyrics", UnitRule.One)
        {
            Makes = new(AssetKind.Cover, Purpose: null, "cover_feature_id"),
            ShownAt = ["cover_feature_id"],
        },
        new(
            JobKind.Video, WorkOperation.Plain, NativePaths.VideoGeneration, "video-v1",
            UnitRule.One) { Task = TaskApi.Video, NeedsModel = true },
        new(
            JobKind.Video, WorkOperation.VideoTemplate, NativePaths.VideoTemplate, "video-template",
            UnitRule.One) { Task = TaskApi.Template, ToldBy = "template_id" },
        new(JobKind.Video, WorkOperation.VideoV2, NativePaths.VideoV2, "video-v2", UnitRule.VideoSeconds)
        {
            Task = TaskApi.VideoV2,
            NeedsModel = true,
            ToldBy = "content",
            HasFileLinks = true,
            Usage = ReportedUsage.Seconds,
        },
        new(JobKind.Video, WorkOperation.VideoContext, NativePaths.VideoContext, "video-v2", UnitRule.VideoSeconds)
        {
            Task = TaskApi.VideoV2,
            TaskType = "h3_context_ir",
            Uses = [Task],
            HasFileLinks = true,
            Usage = ReportedUsage.Seconds,
        },
        new(JobKind.Video, WorkOperation.VideoRegeneration, NativePaths.VideoRegeneration, "video-v2", UnitRule.LongestVideo)
        {
            Task = TaskApi.VideoV2,
            TaskType = "regeneration",
            Uses = [Task],
            HasFileLinks = true,
            Usage = ReportedUsage.Seconds,
        },
    ];

    private static readonly FrozenDictionary<(JobKind, WorkOperation), Operation> ByKey = All.ToFrozenDictionary(
        row => (row.Kind, row.Which));

    /// <summary>By kind the operations a body can ask for where only the kind is given, the plain one last.</summary>
    private static readonly FrozenDictionary<JobKind, ImmutableArray<Operation>> ByKind = All
        .Where(row => row.ToldBy is not null || row.Which == WorkOperation.Plain)
        .GroupBy(row => row.Kind)
        .ToFrozenDictionary(rows => rows.Key, rows => rows.OrderBy(row => row.ToldBy is null).ToImmutableArray());

    /// <exception cref="KeyNotFoundException">The kind has no such operation.</exception>
    public static Operation Of(JobKind kind, WorkOperation which) => ByKey[(kind, which)];

    /// <inheritdoc cref="Of(JobKind, WorkOperation)"/>
    public static Operation Of(Work work) => ByKey[(work.Kind, work.Operation)];

    /// <summary>Whether the kind has such an operation.</summary>
    public static bool Has(JobKind kind, WorkOperation which) => ByKey.ContainsKey((kind, which));

    /// <summary>The operation a body asks for where only the kind is given.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="has">Whether the body has a field of that name.</param>
    public static Operation Told(JobKind kind, Func<string, bool> has)
    {
        foreach (var row in ByKind[kind])
            if (row.ToldBy is not { } field || has(field)) return row;
        throw new System.Diagnostics.UnreachableException("Each kind has a plain operation.");
    }
}
