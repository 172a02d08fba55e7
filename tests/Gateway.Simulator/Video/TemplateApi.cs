using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>Videos from a template. The query hands out the link itself; there is no file.</summary>
internal sealed class TemplateApi(TaskBoard board, Admission admission, DownloadLinks links, CallbackCenter callbacks, TimeProvider clock)
{
    public async Task<Reply> SubmitAsync(Exchange exchange)
    {
        if (exchange.Json?.Text("template_id") is not { } template)
        {
            return Refusals.Invalid(exchange, "template_id is empty");
        }

        return admission.Refuse(exchange, exchange.Account!, exchange.Model)
            ?? await callbacks.RefuseAsync(exchange)
            ?? Accept(exchange, template);
    }

    public Reply Query(Exchange exchange)
    {
        if (board.Find(exchange.Query("task_id"), exchange.Key, TaskKind.Template) is not { } task)
        {
            return Refusals.Invalid(exchange, "invalid task_id");
        }

        task.CountPoll();
        DateTimeOffset now = clock.GetUtcNow();
        return new Reply.Document(StatusOf(task, NativeTaskAnswers.Query(task, now), now));
    }

    private Reply Accept(Exchange exchange, string template)
    {
        string texts = string.Join('\n', exchange.Json!.Value.Items("text_inputs").Select(static input => input.Text("value")));
        if (board.TryCreate(exchange, TaskKind.Template, new TaskInput(template, texts)) is not { } task)
        {
            return Refusals.For(exchange, 1041, "conn limit");
        }

        callbacks.Follow(exchange, task, now => StatusOf(task, NativeTaskAnswers.Callback(task, now), now));
        return new Reply.Document(new JsonObject { ["task_id"] = task.TaskId, ["base_resp"] = Json.BaseResp(0, "success") });
    }

    private JsonObject StatusOf(PlatformTask task, string status, DateTimeOffset now) => new()
    {
        ["task_id"] = task.TaskId,
        ["status"] = status,
        ["video_url"] = task.Succeeded(now) ? links.Issue(task.Origin, task.FileId, "mp4", DownloadLinks.FileLife) : "",
        ["base_resp"] = Json.BaseResp(task.FailureAt(now)),
    };
}
