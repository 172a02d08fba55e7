namespace Gateway.Simulator;

/// <summary>The test's side of the simulator, for tests that run in another process.</summary>
internal sealed class ControlApi(Ledger ledger, Script script, KeyRing keys, TaskBoard board, Behaviour behaviour)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/ledger", LedgerAsync);
        routes.MapPost("/_sim/ledger/reset", Reset);
        routes.MapGet("/_sim/requests", RequestsAsync);
        routes.MapPost("/_sim/script", AddFaultAsync);
        routes.MapDelete("/_sim/script", ClearScript);
        routes.MapPost("/_sim/keys", SetKeyAsync);
        routes.MapPost("/_sim/chat", SetChatAsync);
        routes.MapPost("/_sim/media", SetMediaAsync);
        routes.MapPost("/_sim/tasks/mode", SetModeAsync);
        routes.MapPost("/_sim/tasks/start", StartTaskAsync);
        routes.MapPost("/_sim/tasks/finish", FinishTasksAsync);
    }

    private Task LedgerAsync(HttpContext http) => ControlJson.WriteAsync(http, ledger.Snapshot());

    private Task RequestsAsync(HttpContext http) => ControlJson.WriteAsync(http, ledger.Requests());

    private Task Reset(HttpContext http)
    {
        ledger.Reset();
        return NoContent(http);
    }

    private async Task AddFaultAsync(HttpContext http)
    {
        if (await ControlJson.ReadAsync<FaultRule>(http) is { } rule)
        {
            script.Add(rule);
            await NoContent(http);
        }
    }

    private Task ClearScript(HttpContext http)
    {
        script.Clear();
        return NoContent(http);
    }

    private async Task SetKeyAsync(HttpContext http)
    {
        if (await ControlJson.ReadAsync<KeyChange>(http) is { } change)
        {
            keys.Set(change.Key, change.Settings ?? new KeySettings());
            await NoContent(http);
        }
    }

    private async Task SetChatAsync(HttpContext http)
    {
        if (await ControlJson.ReadAsync<ChatSettings>(http) is { } settings)
        {
            behaviour.Chat = settings;
            await NoContent(http);
        }
    }

    private async Task SetMediaAsync(HttpContext http)
    {
        if (await ControlJson.ReadAsync<MediaSettings>(http) is { } settings)
        {
            behaviour.Media = settings;
            await NoContent(http);
        }
    }

    private async Task SetModeAsync(HttpContext http)
    {
        if (await ControlJson.ReadAsync<TaskMode>(http) is { } mode)
        {
            behaviour.ManualTasks = mode.Manual;
            behaviour.QueueTasks = mode.Queue;
            behaviour.RefuseUnmetChallenges = mode.RefuseUnmetChallenges;
            await NoContent(http);
        }
    }

    private async Task StartTaskAsync(HttpContext http)
    {
        if (await ControlJson.ReadAsync<TaskStart>(http) is { } start)
        {
            await ControlJson.WriteAsync(http, new { started = board.Start(start.TaskId) });
        }
    }

    private async Task FinishTasksAsync(HttpContext http)
    {
        if (await ControlJson.ReadAsync<TaskFinish>(http) is not { } finish)
        {
            return;
        }

        int finished = finish.TaskId is { } taskId
            ? board.Finish(taskId, finish.Failure) ? 1 : 0
            : board.FinishAll(finish.Failure);
        await ControlJson.WriteAsync(http, new { finished });
    }

    private static Task NoContent(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Without settings the key goes back to the plain ones.</summary>
    private sealed record KeyChange(string Key, KeySettings? Settings = null);

    /// <summary>How submits are taken from now on. What is left out goes back to its default.</summary>
    private sealed record TaskMode(bool Manual = false, bool Queue = false, bool RefuseUnmetChallenges = true);

    private sealed record TaskStart(string TaskId);

    /// <summary>Without a task id all running tasks end.</summary>
    private sealed record TaskFinish(string? TaskId = null, TaskFailure? Failure = null);
}
