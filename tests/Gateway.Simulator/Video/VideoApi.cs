using System.Text.Json.Nodes;

namespace Gateway.Simulator;

internal sealed class VideoApi(TaskBoard board, Admission admission, TimeProvider clock)
{
    public Reply Submit(Exchange exchange)
    {
        if (VideoInput.Fault(exchange.Json, exchange.Model) is { } fault)
        {
            return Refusals.For(exchange, 2013, fault);
        }

        return admission.Refuse(exchange, exchange.Account!, exchange.Model) ?? Accept(exchange);
    }

    public Reply Query(Exchange exchange)
    {
        if (board.Find(exchange.Query("task_id"), exchange.Key, TaskKind.Video) is not { } task)
        {
            return Refusals.For(exchange, 2013, "invalid params, invalid task_id");
        }

        task.CountPoll();
        return new Reply.Document(StatusOf(task, clock.GetUtcNow()));
    }

    private Reply Accept(Exchange exchange)
    {
        VideoInput input = VideoInput.Read(exchange.Json!.Value, exchange.Model);
        if (board.TryCreate(exchange, TaskKind.Video, input) is not { } task)
        {
            return Refusals.For(exchange, 1041, "conn limit");
        }

        return new Reply.Document(new JsonObject { ["task_id"] = task.TaskId, ["base_resp"] = Json.BaseResp(0, "success") });
    }

    private static JsonObject StatusOf(PlatformTask task, DateTimeOffset now)
    {
        var body = new JsonObject { ["task_id"] = task.TaskId, ["status"] = TaskWords.Query(task, now) };
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
