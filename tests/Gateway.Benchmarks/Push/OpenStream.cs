namespace Gateway.Benchmarks.Push;

/// <summary>A client's event stream of one job, open and past what had happened before.</summary>
internal sealed class OpenStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _lines;

    private OpenStream(HttpResponseMessage answer, Stream body)
    {
        _answer = answer;
        _lines = new StreamReader(body, bufferSize: 256);
    }

    public static async Task<OpenStream> OpenAsync(HttpClient http, string job)
    {
        var answer = await http.GetAsync($"/v1/jobs/{job}/events", HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        var stream = new OpenStream(answer, await answer.Content.ReadAsStreamAsync());
        await stream.ReadUntilAsync("event: job.queued");
        return stream;
    }

    public async Task ReadUntilAsync(string line)
    {
        while (await _lines.ReadLineAsync() is { } read)
            if (read == line) return;
        throw new InvalidOperationException($"The stream ended without '{line}'.");
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _answer.Dispose();
        return ValueTask.CompletedTask;
    }
}
