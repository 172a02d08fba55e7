using Gateway.Engine.Upstreams;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Silo.Polling;

/// <summary>A task that is followed. Its times are set by the schedule's loop alone; hints come from anywhere.</summary>
/// <param name="account">Whose task it is.</param>
/// <param name="lease">Its lease, which knows the upstream's task.</param>
/// <param name="isGuest">Another node follows it; this one was told to look, and forgets it when nobody tells it again.</param>
internal sealed class PolledTask(AccountId account, Lease lease, bool isGuest = false)
{
    private const int Quiet = 0;
    private const int Hinted = 1;
    private const int Retired = 2;

    /// <summary>A number that runs is told at most so often.</summary>
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);

    private JobProgress _progress = JobProgress.AtWork;
    private DateTimeOffset _progressAt;
    private string? _told;
    private int _hint;
    private volatile bool _isPolled;

    public AccountId Account => account;

    public Lease Lease => lease;

    public JobId Job => lease.Job!.Value;

    public bool IsGuest => isGuest;

    /// <summary>When it is polled next: what else the schedule holds of it is an older plan.</summary>
    public DateTimeOffset Due { get; set; }

    /// <summary>When its last poll began.</summary>
    public DateTimeOffset PolledAt { get; private set; }

    /// <summary>A poll is under way.</summary>
    public bool IsPolled => _isPolled;

    public bool IsHinted => Volatile.Read(ref _hint) == Hinted;

    /// <summary>Whether this node knows what was told last of its progress; another one may have told something.</summary>
    public bool IsProgressKnown { get; set; } = true;

    /// <summary>
    /// Whether progress is worth a turn: something else than before, and not too soon after it. A new stage is never too soon.
    /// </summary>
    public bool TryTell(JobProgress progress, DateTimeOffset now)
    {
        if (IsProgressKnown && (progress == _progress || (progress.StageName == _progress.StageName && now - _progressAt < ProgressEvery)))
            return false;
        (IsProgressKnown, _progress, _progressAt) = (true, progress, now);
        return true;
    }

    /// <summary>Since when the upstream says that it is done without naming what it made; null while it does not.</summary>
    public DateTimeOffset? FinishingSince { get; set; }

    /// <summary>What it said then that it made, if it can be asked for later; null where it cannot.</summary>
    public PollOutcome.Succeeded? Named { get; set; }

    /// <summary>Polls in a row without a useful answer.</summary>
    public int Troubles { get; set; }

    /// <summary>Whether why it shows no progress is worth a turn: something else than was told last.</summary>
    /// <param name="what">What is in its way, without words that may differ from poll to poll; null for nothing.</param>
    public bool TryExplain(string? what)
    {
        if (what == _told && (what is not null || IsReasonKnown)) return false;
        (_told, IsReasonKnown) = (what, true);
        return true;
    }

    /// <summary>Whether this node knows what was told last of what is in its way.</summary>
    public bool IsReasonKnown { get; set; } = true;

    /// <summary>Takes a hint. False when one waits already, or when it is too late for one.</summary>
    public bool TryHint() => Interlocked.CompareExchange(ref _hint, Hinted, Quiet) == Quiet;

    /// <summary>Ends a guest that nobody hints at; false when somebody just did.</summary>
    public bool TryRetire() => Interlocked.CompareExchange(ref _hint, Retired, Quiet) == Quiet;

    public bool IsRetired => Volatile.Read(ref _hint) == Retired;

    /// <summary>A hint that comes from here on is about something this poll may not see.</summary>
    public void BeginPoll(DateTimeOffset now)
    {
        Interlocked.CompareExchange(ref _hint, Quiet, Hinted);
        PolledAt = now;
        _isPolled = true;
    }

    public void EndPoll() => _isPolled = false;
}
