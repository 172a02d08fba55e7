using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Gateway.Api.Tests.Seams.ToyDriver;

/// <summary>A vendor with an API of its own, in this process: it says what it is told, backwards, and films what it is asked for.</summary>
internal sealed class ToyVendor
{
    private readonly ConcurrentDictionary<string, byte[]> _films = [];
    private readonly ConcurrentDictionary<string, byte[]> _files = [];
    private int _last;

    /// <summary>The credentials it was called with.</summary>
    public ConcurrentQueue<string> Callers { get; } = [];

    public IEnumerable<string> Say(string text) => text.Split(' ').Select(word => string.Concat(word.Reverse()));

    public string Film(string prompt) => Keep(_films, Encoding.UTF8.GetBytes($"a film of {prompt}"));

    public byte[]? Film(string id, bool isReady) => isReady ? _films.GetValueOrDefault(id) : null;

    public string Store(byte[] content) => Keep(_files, content);

    public byte[]? Read(string file) => _files.GetValueOrDefault(file);

    private string Keep(ConcurrentDictionary<string, byte[]> kept, byte[] bytes)
    {
        var id = Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);
        kept[id] = bytes;
        return id;
    }
}
