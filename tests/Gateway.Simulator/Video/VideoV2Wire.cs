using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>The task object of V2.</summary>
internal sealed class VideoV2Wire(DownloadLinks links)
{
    public JsonObject Describe(PlatformTask task, DateTimeOffset now)
    {
        var input = (VideoV2Input)task.Input;
        var described = new JsonObject
        {
            ["id"] = task.TaskId,
            ["model"] = input.Model,
            ["status"] = NativeTaskAnswers.Query(task, now),
        };
        if (task.FailureAt(now) is { } failure)
        {
            described["error"] = new JsonObject { ["code"] = $"{failure.Code}", ["message"] = failure.Message };
        }

        described["created_at"] = task.AcceptedAt.ToUnixTimeSeconds();
        described["updated_at"] = (task.HasEnded(now) ? task.End!.At : task.AcceptedAt).ToUnixTimeSeconds();
        if (task.Succeeded(now))
        {
            described["content"] = new JsonObject { ["url"] = links.Issue(task.Origin, task.FileId, "mp4", DownloadLinks.FileLife) };
            described["usage"] = Usage(input);
        }

        described["resolution"] = input.Resolution;
        described["duration"] = input.Duration;
        described["ratio"] = input.Ratio;
        described["task_type"] = input.TaskType;
        described["modality"] = "video";
        return described;
    }

    private static JsonObject Usage(VideoV2Input input) => new()
    {
        ["total_seconds"] = input.Duration,
        ["input_seconds"] = 0,
        ["output_seconds"] = input.Duration,
        ["input_image_count"] = input.Images,
        ["input_video_count"] = input.Videos,
    };
}
