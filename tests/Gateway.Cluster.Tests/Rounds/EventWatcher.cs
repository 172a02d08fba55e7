using System.Collections.Concurrent;
using System.Net;
using Gateway.Cluster.Tests.Processes;

namespace Gateway.Cluster.Tests.Rounds;

/// <summary>A client of server-sent events that comes back with its last id whenever its stream breaks or falls silent.</summary>
internal sealed class EventWatcher(Client client, string path, string? lastEventId = null)
{
    // A frozen node keeps its streams open and says nothing.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(3);

    private readonly ConcurrentQueue<string> _seen = [];
    private string? _last = lastEventId;

    /// <summary>Ids of events, in the order they came.</summary>
    public IReadOnlyCollection<string> Seen => _seen;

    /// <summary>Listens until the server says that nothing more comes.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await ReadAsync(cancellationToken)) return;
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException)
            {
                // It listens again.
            }

            await Task.Delay(
                TimeSpan.FromMilliseconds(100), TimeProvider.System,
                cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        using var answer = await client.StreamAsync(path, _last, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NoContent) return true;
        if (!answer.IsSuccessStatusCode) return false;

        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        string? id = null;
        var isEvent = false;
        while (await LineAsync(reader, cancellationToken) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line["id: ".Length..];
            if (line.StartsWith("data: ", StringComparison.Ordinal)) isEvent = true;
            if (line.Length > 0) continue;

            // Only an empty line makes an event of what came before it; an id alone is a place to go on from.
            _last = id ?? _last;
            if (isEvent && id is not null) _seen.Enqueue(id);
            (id, isEvent) = (null, false);
        }

        return false;
    }

    private static async Task<string?> LineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(LongestSilence, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        return await reader.ReadLineAsync(either.Token);
    }
}
