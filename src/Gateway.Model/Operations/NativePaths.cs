namespace Gateway.Model.Operations;

/// <summary>The paths of the native format: MiniMax's own, as its driver calls them and its surface offers them.</summary>
internal static class NativePaths
{
    public const string Chat = "/v1/text/chatcompletion_v2";
    public const string Image = "/v1/image_generation";
    public const string Speech = "/v1/t2a_v2";
    public const string SpeechTask = "/v1/t2a_async_v2";
    public const string QuerySpeechTask = "/v1/query/t2a_async_query_v2";
    public const string Music = "/v1/music_generation";
    public const string CoverPreprocess = "/v1/music_cover_preprocess";
    public const string Lyrics = "/v1/lyrics_generation";
    public const string VoiceClone = "/v1/voice_clone";
    public const string VoiceDesign = "/v1/voice_design";
    public const string GetVoice = "/v1/get_voice";
    public const string DeleteVoice = "/v1/delete_voice";
    public const string VideoGeneration = "/v1/video_generation";
    public const string QueryVideo = "/v1/query/video_generation";
    public const string VideoTemplate = "/v1/video_template_generation";
    public const string QueryTemplate = "/v1/query/video_template_generation";
    public const string VideoV2 = "/v2/video_generation";
    public const string QueryVideoV2 = "/v2/query/video_generation";
    public const string VideoContext = "/v2/h3_context_ir";
    public const string VideoRegeneration = "/v2/video_regeneration";
    public const string UploadFile = "/v1/files/upload";
    public const string ListFiles = "/v1/files/list";
    public const string RetrieveFile = "/v1/files/retrieve";
    public const string FileContent = "/v1/files/retrieve_content";
    public const string DeleteFile = "/v1/files/delete";
    public const string Models = "/v1/models";
    public const string Remains = "/v1/token_plan/remains";

    /// <summary>The older name of <see cref="Remains"/>, which clients still use.</summary>
    public const string RemainsAlias = "/v1/api/openplatform/coding_plan/remains";

    public static IReadOnlyList<string> All { get; } =
    [
        Chat, Image, Speech, SpeechTask, QuerySpeechTask, Music, CoverPreprocess, Lyrics, VoiceClone, VoiceDesign, GetVoice,
        DeleteVoice, VideoGeneration, QueryVideo, VideoTemplate, QueryTemplate, VideoV2, QueryVideoV2, VideoContext,
        VideoRegeneration, UploadFile, ListFiles, RetrieveFile, FileContent, DeleteFile, Models, Remains, RemainsAlias,
    ];
}
