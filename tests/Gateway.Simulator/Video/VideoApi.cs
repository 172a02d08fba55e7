using System.Text.Json.Nodes;

namespace Gateway.Simulator;

internal sealed class VideoApi(TaskBoard board, Admission admission, CallbackCenter callbacks, TimeProvider clock)
{
    public async Task<Reply> SubmitAsync(Exchange exchange)
    {
        if (VideoInput.Fault(exchange.Json, exchange.Model) is { } fault)
        {
            return Refusals.For(exchange, 2013, fault);
        }

        return admission.Refuse(exchange, exchange.Account!, exchange.Model)
            ?? await callbacks.RefuseAsync(exchange)
            ?? Accept(exchange);
    }

    public Reply Query(Exchange exchange)
    {
        if (board.Find(exchange.Query("task_id"), exchange.Key, TaskKind.Video) is not { } task)
        {
            return Refusals.Invalid(exchange, "invalid task_id");
        }

        task.CountPoll();
        DateTimeOffset now = clock.GetUtcNow();
        return new Reply.Document(StatusOf(task, NativeTaskAnswers.Query(task, now), now));
    }

    private Reply Accept(Exchange exchange)
    {
        VideoInput input = VideoInput.Read(exchange.Json!.Value, exchange.Model);
        if (board.TryCreate(exchange, TaskKind.Video, input) is not { } task)
        {
            return Refusals.For(exchange, 1041, "conn limit");
        }

        callbacks.Follow(exchange, task, now => StatusOf(task, NativeTaskAnswers.Callback(task, now), now));
        return new Reply.Document(new JsonObject { ["task_id"] = task.TaskId, ["base_resp"] = Json.BaseResp(0, "success") });
    }

    private static JsonObject StatusOf(PlatformTask task, string status, DateTimeOffset now)
    {
        var body = new JsonObject { ["task_id"] = task.TaskId, ["status"] = status };
        if (task.Succeeded(now) && task.Input is VideoInput input)
        {
            body["file_id"] = $"{task.FileId}";
            body["video_width"] = input.Width;
            body["video_height"] = input.Height;
        }
        else
        {
            body["file_id"] = "";
        }

        body["base_resp"] = Json.BaseResp(task.FailureAt(now));
        return body;
    }
}
