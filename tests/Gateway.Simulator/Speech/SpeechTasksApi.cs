using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>Speech made in the background. Its result is fetched through the files API.</summary>
internal sealed class SpeechTasksApi(TaskBoard board, Admission admission, VoiceShelf voices, FileShelf files, TimeProvider clock)
{
    private const int LongestText = 50_000;

    public Reply Submit(Exchange exchange)
    {
        if (Fault(exchange) is { } fault)
        {
            return Refusals.Invalid(exchange, fault);
        }

        return voices.Refuse(exchange, SpeechInput.Voices(exchange.Json!.Value))
            ?? admission.Refuse(exchange, exchange.Account!, exchange.Model)
            ?? Accept(exchange, exchange.Json!.Value);
    }

    public Reply Query(Exchange exchange)
    {
        if (board.Find(exchange.Query("task_id"), exchange.Key, TaskKind.Speech) is not { } task)
        {
            return Refusals.Invalid(exchange, "invalid task_id");
        }

        task.CountPoll();
        DateTimeOffset now = clock.GetUtcNow();

        // The same id is a string where the task is created.
        return new Reply.Document(new JsonObject
        {
            ["task_id"] = long.Parse(task.TaskId),
            ["status"] = NativeTaskAnswers.Query(task, now),
            ["file_id"] = task.FileId,
            ["base_resp"] = Json.BaseResp(task.FailureAt(now)),
        });
    }

    private Reply Accept(Exchange exchange, JsonElement request)
    {
        string text = request.Text("text") ?? FileText(request, exchange);
        if (board.TryCreate(exchange, TaskKind.Speech, new TaskInput(exchange.Model, text)) is not { } task)
        {
            return Refusals.For(exchange, 1041, "conn limit");
        }

        return new Reply.Document(new JsonObject
        {
            ["task_id"] = task.TaskId,
            ["task_token"] = $"eyJ{exchange.TraceId}",
            ["file_id"] = task.FileId,
            ["usage_characters"] = text.Length,
            ["base_resp"] = Json.BaseResp(0, "success"),
        });
    }

    private string FileText(JsonElement request, Exchange exchange) =>
        files.Find(request.Number("text_file_id")!.Value, exchange.Key) is { } file ? Encoding.UTF8.GetString(file.Content()) : "";

    private string? Fault(Exchange exchange) => exchange.Json switch
    {
        null => "the body is not a JSON object",
        { } request when request.Has("text_file_id") => FileFault(request, exchange),
        { } request when request.Text("text") is not { Length: <= LongestText } => "text is empty or longer than 50000 characters",
        { } request => SpeechInput.Fault(request, exchange.Model),
    };

    private string? FileFault(JsonElement request, Exchange exchange) =>
        request.Number("text_file_id") is { } fileId && files.Find(fileId, exchange.Key)?.Purpose == "t2a_async_input"
            ? SpeechInput.Fault(request, exchange.Model)
            : "invalid text_file_id";
}
