using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Benchmarks.Calls;

/// <summary>An upstream that costs next to nothing: every chat gets the same answer, a streamed one never ends by itself.</summary>
internal sealed class FixedUpstream : IAsyncDisposable
{
    private static readonly byte[] Answer = """
        {"id":"04ecb5d9b1921ae0fb0e8da9017a5474","choices":[{"finish_reason":"stop","index":0,"message":{"content":"Hello there.","role":"assistant","name":"MiniMax AI","audio_content":""}}],"created":1755153113,"model":"MiniMax-M2","object":"chat.completion","usage":{"total_tokens":29,"total_characters":0,"prompt_tokens":26,"completion_tokens":3},"input_sensitive":false,"output_sensitive":false,"input_sensitive_type":0,"output_sensitive_type":0,"output_sensitive_int":0,"base_resp":{"status_code":0,"status_msg":""}}
        """u8.ToArray();

    private static readonly byte[] Frame = """
        data: {"id":"04ecb6e7","choices":[{"index":0,"delta":{"content":"Hel","role":"assistant"}}],"model":"MiniMax-M2","object":"chat.completion.chunk"}


        """u8.ToArray();

    private readonly WebApplication _app;
    private TaskCompletionSource<long> _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FixedUpstream(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    /// <summary>When (a timestamp) the client of the next stream has gone.</summary>
    public Task<long> NextLeaveAsync()
    {
        _left = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _left.Task;
    }

    public static async Task<FixedUpstream> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var upstream = new FixedUpstream(builder.Build());
        upstream._app.Run(upstream.AnswerAsync);
        await upstream._app.StartAsync();
        return upstream;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var isStream = (await reader.ReadToEndAsync()).Contains("\"stream\":true", StringComparison.Ordinal);
        context.Response.ContentType = isStream ? "text/event-stream" : "application/json";
        if (!isStream)
        {
            context.Response.ContentLength = Answer.Length;
            await context.Response.Body.WriteAsync(Answer);
            return;
        }

        var left = _left;
        using var leaving = context.RequestAborted.Register(() => left.TrySetResult(TimeProvider.System.GetTimestamp()));
        await context.Response.Body.WriteAsync(Frame);
        await context.Response.Body.FlushAsync();
        await left.Task;
    }
}
