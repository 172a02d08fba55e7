using System.Collections.Concurrent;
using System.Text;

namespace Gateway.Api.Tests.Support;

/// <summary>Keeps what the gateway logs: no secret may stand there, and nothing may have failed unexpectedly.</summary>
internal sealed class Journal : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text, string Scope)> _lines = new();
    private IExternalScopeProvider? _scopes;

    public IEnumerable<string> Lines => _lines.Select(line => line.Text);

    /// <summary>Each line with all that its scopes say.</summary>
    public IEnumerable<(string Text, string Scope)> ScopedLines => _lines.Select(line => (line.Text, line.Scope));

    public IEnumerable<string> Errors => _lines.Where(line => line.Level >= LogLevel.Error).Select(line => line.Text);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    public void Dispose()
    {
        // It outlives the hosts that write to it.
    }

    private string Scope()
    {
        var all = new StringBuilder();
        _scopes?.ForEachScope(static (scope, all) => all.Append(scope).Append(' '), all);
        return all.ToString();
    }

    private sealed class Writer(Journal journal, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            journal._lines.Enqueue((logLevel, $"{logLevel} {category}: {formatter(state, exception)} {exception}", journal.Scope()));
    }
}
