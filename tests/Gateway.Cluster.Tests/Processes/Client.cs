using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using JobId = Gateway.Model.Ids.JobId;

namespace Gateway.Cluster.Tests.Processes;

/// <summary>What became of one request: an answer, or none.</summary>
internal sealed record Reply(HttpStatusCode? Status, JsonElement Body, bool Replayed = false, TimeSpan? RetryAfter = null);

/// <summary>A caller over HTTP. It takes a broken connection as an answer, and remembers answers no caller should get.</summary>
internal sealed class Client : IDisposable
{
    public const string Token = "cluster-tests-admin-token";
    private const string Model = "MiniMax-Hailuo-2.3";

    private readonly HttpClient _http = new();
    private readonly Func<Uri> _address;
    private readonly Lock _lock = new();
    private readonly List<string> _wrong = [];

    public Client(Uri url)
        : this(() => url, Token, TimeSpan.FromSeconds(20))
    {
    }

    /// <param name="address">Asked before each request, as a load balancer is.</param>
    /// <param name="token">Whose requests they are.</param>
    /// <param name="patience">How long an answer is waited for.</param>
    public Client(Func<Uri> address, string token, TimeSpan patience)
    {
        _address = address;
        _http.Timeout = patience;
        _http.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    /// <summary>Answers of 500 and above other than 503.</summary>
    public IReadOnlyList<string> Wrong
    {
        get
        {
            lock (_lock) return [.. _wrong];
        }
    }

    /// <summary>The same, and forgets them.</summary>
    public IReadOnlyList<string> TakeWrong()
    {
        lock (_lock)
        {
            string[] wrong = [.. _wrong];
            _wrong.Clear();
            return wrong;
        }
    }

    public async Task AddAccountAsync(int number, Uri upstream, int maxJobs, params string[] models)
    {
        var reply = await SendUntilAnsweredAsync(HttpMethod.Post, "/v1/minimax/accounts", new
        {
            account = $"{number}",
            url = upstream.ToString(),
            token = $"key-{number}",
            driver = "platform",
            maxJobs,
            validate = false,
            models = models.Length == 0 ? [Model, "MiniMax-M2"] : models,
        });
        Assert.True(reply.Status is HttpStatusCode.OK or HttpStatusCode.Created, $"{reply.Status}: {reply.Body}");
    }

    public Task<Reply> SubmitAsync(string name, int priority = 5) =>
        SendAsync(
            HttpMethod.Post,
            "/v1/jobs",
            new { kind = "video", request = new { model = Model, prompt = name }, priority },
            ("Idempotency-Key", name));

    /// <summary>The id of a job as the store has it.</summary>
    public static JobId IdOf(string shown) => JobId.TryParse(shown, out var id) ? id : throw new FormatException(shown);

    /// <summary>Submits until there is a clear answer, as a careful caller does: same key, same body. Answers the job's id.</summary>
    public async Task<string> SubmitUntilAcceptedAsync(string name, int priority = 5, CancellationToken cancellationToken = default)
    {
        for (Reply? last = null; ; last = await SubmitAsync(name, priority))
        {
            if (last is { Status: HttpStatusCode.Accepted }) return last.Body.GetProperty("id").GetString()!;
            if (last is not (null or { Status: null or HttpStatusCode.ServiceUnavailable or HttpStatusCode.Conflict }))
                throw new InvalidOperationException($"Submit was answered {last.Status}: {last.Body}");
            if (last is not null) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
            if (cancellationToken.IsCancellationRequested)
                throw new OperationCanceledException(
                    $"Nobody took '{name}' in time; the last answer was {last?.Status} {last?.Body}", cancellationToken);
        }
    }

    public async Task<JsonElement> JobAsync(string id, int? wait = null)
    {
        var reply = await SendAsync(HttpMethod.Get, $"/v1/jobs/{id}{(wait is null ? "" : $"?wait={wait}")}");
        return reply.Status == HttpStatusCode.OK
            ? reply.Body
            : throw new InvalidOperationException($"Job {id}: {reply.Status} {reply.Body}");
    }

    public async Task<JsonElement> WaitForStatusAsync(string id, TimeSpan atMost, params string[] statuses)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var job = await JobAsync(id);
            if (statuses.Contains(job.GetProperty("status").GetString())) return job;
            if (TimeProvider.System.GetElapsedTime(started) > atMost)
                throw new TimeoutException(
                    $"Job {id} did not become {string.Join(" or ", statuses)} within {atMost.TotalSeconds:0} s: {job}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    public async Task<JsonElement> AccountAsync(int number)
    {
        var reply = await SendAsync(HttpMethod.Get, $"/v1/admin/accounts/{number}");
        return reply.Status == HttpStatusCode.OK
            ? reply.Body
            : throw new InvalidOperationException($"Account {number}: {reply.Status} {reply.Body}");
    }

    public async Task<int> LeasesAsync(int number) => (await AccountAsync(number)).GetProperty("leases").GetArrayLength();

    /// <summary>Jobs that have not ended.</summary>
    public async Task<int> UnfinishedAsync()
    {
        var count = 0;
        foreach (var status in new[] { "queued", "submitting", "running", "unknown" })
        {
            var reply = await SendAsync(HttpMethod.Get, $"/v1/jobs?status={status}&limit=200");
            if (reply.Status != HttpStatusCode.OK) return int.MaxValue;
            count += reply.Body.GetProperty("jobs").GetArrayLength();
        }

        return count;
    }

    /// <summary>A chat that streams; the response is the caller's to read and dispose.</summary>
    public Task<HttpResponseMessage> ChatAsync(string text, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Address("/v1/text/chatcompletion_v2"))
        {
            Content = JsonContent.Create(
                new { model = "MiniMax-M2", stream = true, messages = new[] { new { role = "user", content = text } } }),
        };
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public Task<HttpResponseMessage> EventsAsync(string job) =>
        StreamAsync($"/v1/jobs/{job}/events", lastEventId: null, CancellationToken.None);

    /// <summary>Server-sent events; the response is the caller's to read and dispose.</summary>
    public Task<HttpResponseMessage> StreamAsync(string path, string? lastEventId, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Address(path));
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>What a chat's job has streamed, up to the job's end.</summary>
    public Task<string> StreamAsync(string job) => _http.GetStringAsync(Address($"/v1/jobs/{job}/stream"));

    /// <summary>Sends until somebody takes it, who is not asked to come back later.</summary>
    public async Task<Reply> SendUntilAnsweredAsync(
        HttpMethod method, string path, object body, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var reply = await SendAsync(method, path, body);
            if (reply.Status is not (null or HttpStatusCode.ServiceUnavailable)) return reply;
            if (cancellationToken.IsCancellationRequested)
                throw new OperationCanceledException(
                    $"{method} {path} was answered {reply.Status} {reply.Body} to the last", cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }
    }

    public async Task<Reply> SendAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, Address(path)) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        try
        {
            using var answer = await _http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            Note(method, path, answer.StatusCode, text);
            return new Reply(
                answer.StatusCode, Parse(text), answer.Headers.Contains("Idempotency-Replayed"), answer.Headers.RetryAfter?.Delta);
        }
        catch (Exception broken) when (broken is HttpRequestException or OperationCanceledException or IOException)
        {
            return new Reply(null, default);
        }
    }

    public void Dispose() => _http.Dispose();

    private Uri Address(string path) => new(_address(), path);

    private void Note(HttpMethod method, string path, HttpStatusCode status, string text)
    {
        if (status is < HttpStatusCode.InternalServerError or HttpStatusCode.ServiceUnavailable) return;
        lock (_lock) _wrong.Add($"{method} {path}: {(int)status} {text}");
    }

    private static JsonElement Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
