using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>The V2 video path: real statuses, its own status words, a list, and deletion.</summary>
internal sealed class VideoV2Api(
    TaskBoard board, Ledger ledger, Admission admission, FileShelf files, VideoV2Wire wire, CallbackCenter callbacks, TimeProvider clock)
{
    private static readonly TimeSpan Memory = TimeSpan.FromDays(7);

    public Task<Reply> SubmitAsync(Exchange exchange) => SubmitAsync(exchange, VideoV2Input.Generation);

    /// <summary>Its body is not documented; taken to be that of a generation.</summary>
    public Task<Reply> PrepareContextAsync(Exchange exchange) => SubmitAsync(exchange, VideoV2Input.ContextIr);

    /// <summary>Its body is not documented; taken to name a task of the key that succeeded, by <c>task_id</c>.</summary>
    public async Task<Reply> RegenerateAsync(Exchange exchange)
    {
        if (board.Find(exchange.Json?.Text("task_id") ?? "", exchange.Key, TaskKind.VideoV2) is not { Input: VideoV2Input first } task
            || !task.Succeeded(clock.GetUtcNow()))
        {
            return UnknownTask(exchange);
        }

        return admission.Refuse(exchange, exchange.Account!, first.Model)
            ?? await callbacks.RefuseAsync(exchange)
            ?? Accept(exchange, first with { TaskType = VideoV2Input.Regeneration });
    }

    private async Task<Reply> SubmitAsync(Exchange exchange, string taskType)
    {
        if (VideoV2Input.Fault(exchange.Json, exchange.Model) is { } fault)
        {
            return Refusals.Invalid(exchange, fault);
        }

        if (VideoV2Input.Files(exchange.Json!.Value).Any(id => id is null || files.Find(id.Value, exchange.Key) is null))
        {
            return Refusals.Invalid(exchange, "invalid file_id");
        }

        return admission.Refuse(exchange, exchange.Account!, exchange.Model)
            ?? await callbacks.RefuseAsync(exchange)
            ?? Accept(exchange, VideoV2Input.Read(exchange.Json!.Value, exchange.Model) with { TaskType = taskType });
    }

    public Reply Query(Exchange exchange)
    {
        if (Asked(exchange) is not { } task)
        {
            return UnknownTask(exchange);
        }

        task.CountPoll();
        return new Reply.Document(new JsonObject { ["task"] = wire.Describe(task, clock.GetUtcNow()) });
    }

    public Reply List(Exchange exchange)
    {
        DateTimeOffset now = clock.GetUtcNow();
        int page = int.TryParse(exchange.Query("page_num"), out int number) ? Math.Max(1, number) : 1;
        int size = int.TryParse(exchange.Query("page_size"), out int asked) ? Math.Clamp(asked, 1, 100) : 10;
        PlatformTask[] found = [.. board.Of(exchange.Key)
            .Where(task => IsRemembered(task, now) && PassesFilters(exchange, task, now))
            .OrderByDescending(static task => task.FileId)];
        JsonArray items = [.. found.Skip((page - 1) * size).Take(size).Select(task => wire.Describe(task, now))];
        return new Reply.Document(new JsonObject { ["items"] = items, ["total"] = found.Length });
    }

    public Reply Delete(Exchange exchange)
    {
        if (Asked(exchange) is not { } task)
        {
            return UnknownTask(exchange);
        }

        if (ledger.TryCancel(task))
        {
            return Deleted(task, "cancelled");
        }

        DateTimeOffset now = clock.GetUtcNow();
        if (task.PhaseAt(now) is not (TaskPhase.Success or TaskPhase.Fail))
        {
            return Refusals.Invalid(exchange, $"task is {NativeTaskAnswers.Query(task, now)}");
        }

        task.IsDeleted = true;
        return Deleted(task, "deleted");
    }

    private Reply Accept(Exchange exchange, VideoV2Input input)
    {
        if (board.TryCreate(exchange, TaskKind.VideoV2, input) is not { } task)
        {
            return Refusals.For(exchange, 1041, "conn limit");
        }

        callbacks.Follow(exchange, task, now => new JsonObject { ["task"] = wire.Describe(task, now) });
        return new Reply.Document(new JsonObject { ["task_id"] = task.TaskId });
    }

    private Reply.Document Deleted(PlatformTask task, string action) => new(new JsonObject
    {
        ["task_id"] = task.TaskId,
        ["action"] = action,
        ["status"] = NativeTaskAnswers.Query(task, clock.GetUtcNow()),
    });

    private PlatformTask? Asked(Exchange exchange)
    {
        string id = exchange.Request.RouteValues["task_id"]?.ToString() ?? "";
        return board.Find(id, exchange.Key, TaskKind.VideoV2) is { } task && IsRemembered(task, clock.GetUtcNow()) ? task : null;
    }

    private static Reply UnknownTask(Exchange exchange) => Refusals.Invalid(exchange, "invalid task_id");

    private static bool IsRemembered(PlatformTask task, DateTimeOffset now) =>
        task.Kind == TaskKind.VideoV2 && now - task.AcceptedAt < Memory;

    private static bool PassesFilters(Exchange exchange, PlatformTask task, DateTimeOffset now) =>
        Passes(exchange, "filter.status", NativeTaskAnswers.Query(task, now))
        && Passes(exchange, "filter.task_ids", task.TaskId)
        && Passes(exchange, "filter.model", task.Input.Model)
        && Passes(exchange, "filter.task_type", (task.Input as VideoV2Input)?.TaskType ?? "");

    // Several values: the member repeated, or a list with commas. Which of them is meant is not documented.
    private static bool Passes(Exchange exchange, string filter, string value)
    {
        string[] wanted = [.. exchange.Request.Query[filter].SelectMany(static text => (text ?? "").Split(','))];
        return wanted.Length == 0 || wanted is [""] || wanted.Contains(value);
    }
}
