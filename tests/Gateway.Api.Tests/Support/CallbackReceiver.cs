using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Gateway.Api.Tests.Support;

/// <summary>A caller's own receiver of callbacks, on loopback. It answers as the test tells it and keeps what it took.</summary>
internal sealed class CallbackReceiver : IAsyncDisposable
{
    private readonly Channel<JsonObject> _taken = Channel.CreateUnbounded<JsonObject>();
    private RawUpstream? _http;
    private int _challenges;
    private int _refused;
    private int _waiting;

    /// <summary>How a challenge is answered; a receiver does that unchanged.</summary>
    public Func<string, HttpContext, Task> MeetChallenge { get; set; } = static (body, context) => context.Response.WriteAsync(body);

    /// <summary>The status of its answers to everything else; what is answered with 200 is taken.</summary>
    public int Answers { get; set; } = 200;

    /// <summary>Ends when a status may be answered; nothing is held by default.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int Challenges => Volatile.Read(ref _challenges);

    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Requests that wait for the gate.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public string Url { get; private set; } = "";

    public static async Task<CallbackReceiver> StartAsync()
    {
        var receiver = new CallbackReceiver();
        receiver._http = await RawUpstream.StartAsync(receiver.AnswerAsync);
        receiver.Url = new Uri(receiver._http.BaseUrl, "/hook?token=of-the-caller").ToString();
        return receiver;
    }

    /// <summary>The next status it takes.</summary>
    public ValueTask<JsonObject> NextAsync(CancellationToken cancellationToken) => _taken.Reader.ReadAsync(cancellationToken);

    /// <summary>The words of the next statuses it takes.</summary>
    public async Task<IReadOnlyList<string>> WordsAsync(int count, CancellationToken cancellationToken)
    {
        List<string> words = [];
        while (words.Count < count) words.Add((await NextAsync(cancellationToken))["status"]!.ToString());
        return words;
    }

    /// <summary>Whether it took something nobody has asked for yet.</summary>
    public bool HasMore => _taken.Reader.TryPeek(out _);

    /// <summary>Closes its port; twice is once.</summary>
    public async ValueTask DisposeAsync()
    {
        var http = _http;
        _http = null;
        if (http is not null) await http.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var json = JsonNode.Parse(body)!.AsObject();
        if (json.ContainsKey("challenge"))
        {
            Interlocked.Increment(ref _challenges);
            await MeetChallenge(body, context);
            return;
        }

        Interlocked.Increment(ref _waiting);
        await Gate.WaitAsync(context.RequestAborted);
        Interlocked.Decrement(ref _waiting);
        context.Response.StatusCode = Answers;
        if (Answers == 200) _taken.Writer.TryWrite(json);
        else Interlocked.Increment(ref _refused);
    }
}
