using Gateway.Api.Surfaces.MiniMax.Catalog;
using Gateway.Api.Surfaces.MiniMax.Files;
using Gateway.Api.Surfaces.MiniMax.Tasks;
using Gateway.Api.Surfaces.MiniMax.Voices;
using Gateway.Model.Kinds;
using Gateway.Upstreams.MiniMax.Requests;
using static Gateway.Api.Surfaces.MiniMax.NativeClass;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>The one table of MiniMax's endpoints: job, call or read. Routes, dialects and docs/surfaces.md follow it.</summary>
internal static class NativeEndpoints
{
    public static readonly IReadOnlyList<NativeEndpoint> All =
    [
        Calling("NativeChat", JobKind.Chat),
        Calling("NativeImage", JobKind.Image),
        Calling("NativeSpeech", JobKind.Speech),
        Calling("NativeMusic", JobKind.Music),
        Calling("NativeCoverPreprocess", JobKind.Music, WorkOperation.CoverPreprocess),
        Calling("NativeLyrics", JobKind.Music, WorkOperation.Lyrics),
        Calling("NativeVoiceClone", JobKind.Speech, WorkOperation.VoiceClone),
        Calling("NativeVoiceDesign", JobKind.Speech, WorkOperation.VoiceDesign),

        Submitting("NativeVideoSubmit", PlatformPaths.VideoGeneration, NativeTask.Video),
        Submitting("NativeTemplateSubmit", PlatformPaths.VideoTemplate, NativeTask.Template),
        Submitting("NativeSpeechTaskSubmit", PlatformPaths.SpeechTask, NativeTask.Speech),
        Submitting("NativeVideoV2Submit", PlatformPaths.VideoV2, NativeTask.VideoV2),
        Submitting("NativeVideoContextSubmit", PlatformPaths.VideoContext, NativeTask.VideoContext),
        Submitting("NativeVideoRegenerationSubmit", PlatformPaths.VideoRegeneration, NativeTask.VideoRegeneration),

        new("GET", PlatformPaths.QueryVideo, Read, "NativeVideoQuery", TaskQueries.Of(NativeTask.Video)),
        new("GET", PlatformPaths.QueryTemplate, Read, "NativeTemplateQuery", TaskQueries.Of(NativeTask.Template)),
        new("GET", PlatformPaths.QuerySpeechTask, Read, "NativeSpeechTaskQuery", TaskQueries.Of(NativeTask.Speech)),
        new("GET", $"{PlatformPaths.QueryVideoV2}/{{task_id}}", Read, "NativeVideoV2Query", VideoV2Api.QueryAsync),
        new("GET", PlatformPaths.QueryVideoV2, Read, "NativeVideoV2List", VideoV2Api.ListAsync),
        new("DELETE", $"{PlatformPaths.VideoV2}/{{task_id}}", Read, "NativeVideoV2Delete", VideoV2Api.DeleteAsync),

        new("POST", PlatformPaths.UploadFile, Read, "NativeFileUpload", FileUploads.UploadAsync),
        new("GET", PlatformPaths.ListFiles, Read, "NativeFileList", FilesApi.ListAsync),
        new("GET", PlatformPaths.RetrieveFile, Read, "NativeFileRetrieve", FilesApi.RetrieveAsync),
        new("GET", PlatformPaths.FileContent, Read, "NativeFileContent", FilesApi.ContentAsync),
        new("POST", PlatformPaths.DeleteFile, Read, "NativeFileDelete", FilesApi.DeleteAsync),

        new("POST", PlatformPaths.GetVoice, Read, "NativeVoiceList", VoicesApi.ListAsync),
        new("POST", PlatformPaths.DeleteVoice, Read, "NativeVoiceDelete", VoicesApi.DeleteAsync),

        new("GET", PlatformPaths.Models, Read, "NativeModels", ModelsApi.ListAsync),
        new("GET", PlatformPaths.Remains, Read, "NativeRemains", RemainsApi.GetAsync),
        new("GET", PlatformPaths.RemainsAlias, Read, "NativeRemainsAlias", RemainsApi.GetAsync),
    ];

    private static NativeEndpoint Calling(string name, JobKind kind, WorkOperation operation = WorkOperation.Plain) =>
        new("POST", PlatformPaths.CallOf(kind, operation), Call, name, NativeCalls.Of(kind, operation));

    private static NativeEndpoint Submitting(string name, string path, NativeTask task) => new("POST", path, Job, name, TaskSubmits.Of(task));
}
