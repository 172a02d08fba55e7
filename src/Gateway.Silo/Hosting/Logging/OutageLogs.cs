using Gateway.Silo.Chores;

namespace Gateway.Silo.Hosting.Logging;

/// <summary>
/// All loggers of the process: while the database is away, what fails for want of it is told at Debug, with its stack. A dozen loops
/// and every request meet the same absence; one line says that it began and one that it is over (<see cref="StoreOutage"/>). Other
/// trouble of the database keeps its level, in one line; its stack is told at Debug too.
/// </summary>
internal sealed class OutageLogs : ILoggerFactory
{
    private readonly LoggerFactory _inner;

    public OutageLogs(LoggerFactory inner, TimeProvider time)
    {
        _inner = inner;
        Outage = new StoreOutage(time, inner.CreateLogger(typeof(StoreOutage).FullName!));
    }

    public StoreOutage Outage { get; }

    public ILogger CreateLogger(string categoryName) => new Writer(_inner.CreateLogger(categoryName), Outage);

    public void AddProvider(ILoggerProvider provider) => _inner.AddProvider(provider);

    public void Dispose() => _inner.Dispose();

    private sealed class Writer(ILogger inner, StoreOutage outage) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel is > LogLevel.Debug and < LogLevel.Critical && StoreOutage.WhyOf(exception) is { } why)
            {
                if (!outage.Explains(exception))
                    inner.Log(logLevel, eventId, state, exception: null, (told, _) => $"{formatter(told, null)} {why}");
                logLevel = LogLevel.Debug;
            }

            inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
