using System.Text.Json.Nodes;

namespace Gateway.Api.Tests.Support;

/// <summary>One server-sent event.</summary>
internal sealed record SseEvent(string? Id, string? Name, string Data)
{
    public JsonObject Json => JsonNode.Parse(Data)!.AsObject();
}

/// <summary>Reads a stream of server-sent events as they come (WHATWG HTML, 9.2.6).</summary>
internal sealed class SseReader(HttpResponseMessage response, CancellationToken patience) : IDisposable
{
    private StreamReader? _reader;

    public HttpResponseMessage Response => response;

    public string? Retry { get; private set; }

    /// <summary>What a client sends when it comes back: also the id of a block that is no event.</summary>
    public string? LastEventId { get; private set; }

    /// <summary>The next event; null when the stream has ended.</summary>
    public async Task<SseEvent?> NextAsync()
    {
        while (await BlockAsync() is { } block)
            if (block is { Data: { } data }) return new SseEvent(block.Id, block.Name, data);
        return null;
    }

    /// <summary>Reads the first block, which is no event: from then on the stream is open.</summary>
    public Task BeginAsync() => BlockAsync();

    private async Task<Block?> BlockAsync()
    {
        _reader ??= new StreamReader(await response.Content.ReadAsStreamAsync(patience));
        string? id = null, name = null, data = null;
        while (await _reader.ReadLineAsync(patience) is { } line)
        {
            if (line.Length == 0)
            {
                LastEventId = id ?? LastEventId;
                return new Block(id, name, data);
            }

            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            else if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) data = data is null ? line[6..] : $"{data}\n{line[6..]}";
            else if (line.StartsWith("retry: ", StringComparison.Ordinal)) Retry = line[7..];
        }

        return null;
    }

    public async Task<IReadOnlyList<SseEvent>> AllAsync()
    {
        List<SseEvent> events = [];
        while (await NextAsync() is { } next) events.Add(next);
        return events;
    }

    public void Dispose()
    {
        _reader?.Dispose();
        response.Dispose();
    }

    private sealed record Block(string? Id, string? Name, string? Data);
}
