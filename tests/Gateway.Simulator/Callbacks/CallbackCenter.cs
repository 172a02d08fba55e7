using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>
/// Calls a client's <c>callback_url</c>: a challenge before the task is created, a POST at every change of status.
/// No retries and no signature, because none are documented.
/// </summary>
internal sealed class CallbackCenter(Ledger ledger, Behaviour behaviour, TimeProvider clock, CancellationToken stopping) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The refusal of a submit whose callback address is no good; null when it is, or when there is none.</summary>
    public async Task<Reply?> RefuseAsync(Exchange exchange)
    {
        if (exchange.Json?.Text("callback_url") is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
        {
            return Refusals.Invalid(exchange, "invalid callback_url");
        }

        bool met = await ChallengeAsync(exchange, url);
        return met || !behaviour.RefuseUnmetChallenges ? null : Refusals.Invalid(exchange, "callback_url did not answer the challenge");
    }

    /// <summary>Tells the client's address of every status from now on, until the task has ended.</summary>
    public void Follow(Exchange exchange, PlatformTask task, Func<DateTimeOffset, JsonObject> describe)
    {
        if (exchange.Json?.Text("callback_url") is { } url)
        {
            _ = Task.Run(() => FollowAsync(task, new Uri(url), describe), stopping);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> ChallengeAsync(Exchange exchange, Uri url)
    {
        string challenge = exchange.TraceId;
        var body = new JsonObject { ["challenge"] = challenge };
        CallbackAttempt attempt = await PostAsync(exchange.Key, url, null, null, body, answer => Returned(answer) == challenge);
        ledger.Note(attempt);
        return attempt.Delivered;
    }

    private async Task FollowAsync(PlatformTask task, Uri url, Func<DateTimeOffset, JsonObject> describe)
    {
        string? told = null;
        while (!stopping.IsCancellationRequested)
        {
            DateTimeOffset now = clock.GetUtcNow();
            string status = NativeTaskAnswers.Callback(task, now);
            if (status != told)
            {
                told = status;
                ledger.Note(await PostAsync(task.Key, url, task.TaskId, status, describe(now), static _ => true));
            }

            if (task.HasEnded(now))
            {
                return;
            }

            await task.ChangeAsync(clock, stopping);
        }
    }

    private async Task<CallbackAttempt> PostAsync(
        string key, Uri url, string? taskId, string? status, JsonObject body, Func<string, bool> accepts)
    {
        var attempt = new CallbackAttempt(key, url.OriginalString, taskId, status, Json.Write(body), null, false, null, clock.GetUtcNow());
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        try
        {
            using var content = new StringContent(attempt.Body, Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await _http.PostAsync(url, content, either.Token);
            string answer = await response.Content.ReadAsStringAsync(either.Token);
            return attempt with
            {
                HttpStatus = (int)response.StatusCode,
                Delivered = response.IsSuccessStatusCode && accepts(answer),
            };
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return attempt with { Error = patience.IsCancellationRequested ? "no answer within 3 s" : e.Message };
        }
    }

    private static string? Returned(string answer)
    {
        try
        {
            JsonElement json = JsonElement.Parse(answer);
            return json.ValueKind == JsonValueKind.Object ? json.Text("challenge") : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
