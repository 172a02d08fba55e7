using Gateway.Model.Kinds;

namespace Gateway.Upstreams.MiniMax.Requests;

/// <summary>MiniMax's paths, as this driver calls them and its surface offers them.</summary>
internal static class PlatformPaths
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

    /// <summary>The path of what is answered at once.</summary>
    public static string CallOf(JobKind kind, WorkOperation operation) => operation switch
    {
        WorkOperation.VoiceClone => VoiceClone,
        WorkOperation.VoiceDesign => VoiceDesign,
        WorkOperation.Lyrics => Lyrics,
        WorkOperation.CoverPreprocess => CoverPreprocess,
        WorkOperation.Plain => kind switch
        {
            JobKind.Chat => Chat,
            JobKind.Image => Image,
            JobKind.Speech => Speech,
            JobKind.Music => Music,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "is no call"),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "is no call"),
    };
}
