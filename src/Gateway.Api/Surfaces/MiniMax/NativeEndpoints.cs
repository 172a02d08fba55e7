using Gateway.Api.Surfaces.MiniMax.Catalog;
using Gateway.Api.Surfaces.MiniMax.Files;
using Gateway.Api.Surfaces.MiniMax.Tasks;
using Gateway.Api.Surfaces.MiniMax.Voices;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;
using static Gateway.Api.Surfaces.MiniMax.NativeClass;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>The one table of MiniMax's endpoints: job, call or read. Routes, dialects and docs/surfaces.md follow it.</summary>
internal static class NativeEndpoints
{
    public static readonly IReadOnlyList<NativeEndpoint> All =
    [
        .. OperationTable.All.Where(row => row.Task is null).Select(
            row => new NativeEndpoint("POST", row.Path, Call, NameOf(row), NativeCalls.Of(row))),
        .. NativeTask.All.Select(
            task => new NativeEndpoint("POST", task.Operation.Path, Job, NameOf(task.Operation) + "Submit", TaskSubmits.Of(task))),

        new("GET", NativePaths.QueryVideo, Read, "NativeVideoQuery", TaskQueries.Of(TaskApi.Video)),
        new("GET", NativePaths.QueryTemplate, Read, "NativeTemplateQuery", TaskQueries.Of(TaskApi.Template)),
        new("GET", NativePaths.QuerySpeechTask, Read, "NativeSpeechTaskQuery", TaskQueries.Of(TaskApi.Speech)),
        new("GET", $"{NativePaths.QueryVideoV2}/{{task_id}}", Read, "NativeVideoV2Query", VideoV2Api.QueryAsync),
        new("GET", NativePaths.QueryVideoV2, Read, "NativeVideoV2List", VideoV2Api.ListAsync),
        new("DELETE", $"{NativePaths.VideoV2}/{{task_id}}", Read, "NativeVideoV2Delete", VideoV2Api.DeleteAsync),

        new("POST", NativePaths.UploadFile, Read, "NativeFileUpload", FileUploads.UploadAsync),
        new("GET", NativePaths.ListFiles, Read, "NativeFileList", FilesApi.ListAsync),
        new("GET", NativePaths.RetrieveFile, Read, "NativeFileRetrieve", FilesApi.RetrieveAsync),
        new("GET", NativePaths.FileContent, Read, "NativeFileContent", FilesApi.ContentAsync),
        new("POST", NativePaths.DeleteFile, Read, "NativeFileDelete", FilesApi.DeleteAsync),

        new("POST", NativePaths.GetVoice, Read, "NativeVoiceList", VoicesApi.ListAsync),
        new("POST", NativePaths.DeleteVoice, Read, "NativeVoiceDelete", VoicesApi.DeleteAsync),

        new("GET", NativePaths.Models, Read, "NativeModels", ModelsApi.ListAsync),
        new("GET", NativePaths.Remains, Read, "NativeRemains", RemainsApi.GetAsync),
        new("GET", NativePaths.RemainsAlias, Read, "NativeRemainsAlias", RemainsApi.GetAsync),
    ];

    // native_voice_clone: NativeVoiceClone. The template's name is older than its operation's: clients that were generated know it.
    private static string NameOf(Operation row) => row.Which == WorkOperation.VideoTemplate
        ? "NativeTemplate"
        : "Native" + string.Concat(row.Name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
