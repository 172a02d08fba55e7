using System.Collections.Concurrent;
using Gateway.Model.Answers;
using Microsoft.Extensions.Logging;

namespace Gateway.Engine.Upstreams;

/// <summary>
/// What upstreams say that nobody here understands: counted, and each word logged once, so that somebody can teach the gateway. A
/// table of what was logged has an end, whatever upstreams make up.
/// </summary>
internal sealed partial class UnknownAnswers(ILogger<UnknownAnswers> logger)
{
    private const int MostWords = 1000;

    private readonly ConcurrentDictionary<string, byte> _logged = [];
    private long _count;

    /// <summary>Answers that were not understood since the start.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>An error was answered; only one that nobody has a name for is noted.</summary>
    public void Note(UpstreamError error)
    {
        if (error.Retry == RetryRule.OnceHereOnceElsewhere) Note("error", error.Describe());
    }

    /// <param name="what">What kind of word: an error, the status of a task.</param>
    /// <param name="word">The word.</param>
    public void Note(string what, string word)
    {
        Interlocked.Increment(ref _count);
        if (_logged.Count < MostWords && _logged.TryAdd($"{what} {word}", 0)) LogUnknown(what, word);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "An upstream answered with an unknown {What}: '{Word}'. It is logged once and counted from now on; please report it.")]
    private partial void LogUnknown(string what, string word);
}
