using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Gateway.Silo.Hosting.Logging;

/// <summary>
/// A line an entry: time, level, who, the request where there is one, what. <c>2026-11-30T07:20:01.123Z warn Heartbeat: …</c>. A stack
/// follows on lines of its own.
/// </summary>
internal sealed class LineFormatter(TimeProvider time) : ConsoleFormatter(Key)
{
    public const string Key = "line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (logEntry.Formatter(logEntry.State, logEntry.Exception) is not { } message) return;
        textWriter.Write(time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        textWriter.Write($" {NameOf(logEntry.LogLevel)} {ShortOf(logEntry.Category)}");
        if (RequestOf(scopeProvider) is { } request) textWriter.Write($" [{Clean(request)}]");
        textWriter.Write(": ");
        textWriter.WriteLine(Clean(message));
        if (logEntry.Exception is not { } failure) return;
        foreach (var line in failure.ToString().AsSpan().EnumerateLines()) textWriter.WriteLine($"      {Clean(line.ToString())}");
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };

    private static string ShortOf(string category) => category[(category.LastIndexOf('.') + 1)..];

    // The innermost: whoever names a request anew means it.
    private static string? RequestOf(IExternalScopeProvider? scopes)
    {
        string? request = null;
        scopes?.ForEachScope((scope, _) =>
        {
            foreach (var (name, value) in scope as IEnumerable<KeyValuePair<string, object?>> ?? [])
                if (name == "RequestId") request = value?.ToString();
        }, (object?)null);
        return request;
    }

    // A caller's or an upstream's words may stand in a message, or in an exception's: they neither begin a line nor steer a terminal, nor
    // turn what stands beside them.
    private static string Clean(string text) => text.Any(IsOdd) ? string.Concat(text.Select(letter => IsOdd(letter) ? ' ' : letter)) : text;

    private static bool IsOdd(char letter) => (letter is < ' ' or > '~') && CharUnicodeInfo.GetUnicodeCategory(letter) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
