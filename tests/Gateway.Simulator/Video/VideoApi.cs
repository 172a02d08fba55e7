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
        // Tasks of other keys do not exist for this one.
        if (board.Find(exchange.Query("task_id")) is not { } task || task.Key != exchange.Key)
        {
            return Refusals.For(exchange, 2013, "invalid params, invalid task_id");
        }

        task.CountPoll();
        return new Reply.Document(StatusOf(task, clock.GetUtcNow()));
    }

    private Reply Accept(Exchange exchange)
    {
        VideoInput input = VideoInput.Read(exchange.Json!.Value, exchange.Model);
        TaskFailure? failure = exchange.Fault is FaultEffect.TaskFails fails ? new TaskFailure(fails.Code, fails.Message) : null;
        if (board.TryCreate(exchange, exchange.Account!, input, failure) is not { } task)
        {
            return Refusals.For(exchange, 1041, "conn limit");
        }

        return new Reply.Document(new JsonObject { ["task_id"] = task.TaskId, ["base_resp"] = Json.BaseResp(0, "success") });
    }

    private static JsonObject StatusOf(VideoTask task, DateTimeOffset now)
    {
        var body = new JsonObject { ["task_id"] = task.TaskId, ["status"] = task.StatusAt(now) };
        if (task.Succeeded(now))
        {
            body["file_id"] = $"{task.FileId}";
            body["video_width"] = task.Input.Width;
            body["video_height"] = task.Input.Height;
        }
        else
        {
            body["file_id"] = "";
        }

        TaskFailure? failure = task.HasEnded(now) ? task.End?.Failure : null;
        body["base_resp"] = failure is null ? Json.BaseResp(0, "success") : Json.BaseResp(failure.Code, failure.Message);
        return body;
    }
}
