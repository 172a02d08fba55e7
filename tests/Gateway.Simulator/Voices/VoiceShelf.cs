using System.Collections.Concurrent;

namespace Gateway.Simulator;

/// <summary>
/// The voices keys have made. A voice id names one voice on the whole platform, or else the platform
/// could not tell a voice of somebody else (2042) from one that does not exist (2054).
/// </summary>
internal sealed class VoiceShelf(TimeProvider clock)
{
    private static readonly TimeSpan UnusedLife = TimeSpan.FromDays(7);

    private readonly ConcurrentDictionary<string, Voice> _voices = new(StringComparer.Ordinal);

    /// <summary>False when the id is taken.</summary>
    public bool TryAdd(string id, string key, string type, string description)
    {
        // Looking it up first lets go of a voice that has expired.
        return !SystemVoices.Contains(id)
            && Find(id) is null
            && _voices.TryAdd(id, new Voice(id, key, type, description, clock.GetUtcNow()));
    }

    public Voice? Find(string id)
    {
        if (!_voices.TryGetValue(id, out Voice? voice))
        {
            return null;
        }

        if (clock.GetUtcNow() - voice.UsedAt < UnusedLife)
        {
            return voice;
        }

        _voices.TryRemove(KeyValuePair.Create(id, voice));
        return null;
    }

    public IEnumerable<Voice> Of(string key, string type) =>
        _voices.Values.Where(voice => voice.Key == key && voice.Type == type && Find(voice.Id) is not null)
            .OrderBy(static voice => voice.Id, StringComparer.Ordinal);

    public void Remove(Voice voice) => _voices.TryRemove(KeyValuePair.Create(voice.Id, voice));

    /// <summary>The refusal of the first voice the key may not use; null when it may use them all, which renews them.</summary>
    public Reply? Refuse(Exchange exchange, IEnumerable<string> ids)
    {
        foreach (string id in ids.Where(static id => !SystemVoices.Contains(id)))
        {
            switch (Find(id))
            {
                case null:
                    return Refusals.For(exchange, 2054, "voice id not exist");
                case { } voice when voice.Key != exchange.Key:
                    return Refusals.For(exchange, 2042, "you don't have access to this voice_id");
                case { } voice:
                    voice.UsedAt = clock.GetUtcNow();
                    break;
            }
        }

        return null;
    }
}
