using System.Collections.Concurrent;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Microsoft.Extensions.Logging;

namespace Gateway.Engine.Upstreams;

/// <summary>
/// Answers that report a higher cost than was reserved, which is the most their work may cost (H15). The reserve is charged: no word of
/// an upstream's empties a budget. So that nobody is deceived the other way round, each is counted, and the first of an account and
/// kind of work is logged: either the upstream tells nonsense, or the gateway's ceiling is too low.
/// </summary>
internal sealed partial class ExcessReports(ILogger<ExcessReports> logger)
{
    /// <summary>Far more than accounts times kinds of work; a table of what was logged has an end all the same.</summary>
    private const int MostLogged = 1000;

    private readonly ConcurrentDictionary<(AccountId, string), byte> _logged = [];
    private long _count;

    /// <summary>Such answers since the start.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <param name="usage">What was reported.</param>
    /// <param name="asked">The units that were reserved.</param>
    /// <param name="reserved">The reserve; work without a price cannot cost too much.</param>
    /// <param name="account">The account that did the work.</param>
    /// <param name="kind">The kind of work.</param>
    /// <param name="operation">Which of its operations.</param>
    public void Hear(Usage usage, int asked, long reserved, AccountId account, JobKind kind, WorkOperation operation)
    {
        if (reserved == 0 || !usage.Exceeds(asked)) return;
        Interlocked.Increment(ref _count);
        var work = Work.NameOf(kind, operation);
        if (_logged.Count < MostLogged && _logged.TryAdd((account, work), 0)) LogExcess(account, usage.Units!.Value, work, asked);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message =
            "Account {Account}: the upstream reports a cost of {Reported} units of {Work} where at most {Asked} were possible; the " +
                "reserve is charged. It is logged once for each account and work, and counted from now on.")]
    private partial void LogExcess(AccountId account, long reported, string work, int asked);
}
