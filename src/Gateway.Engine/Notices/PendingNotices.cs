using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Notices;

/// <summary>
/// Notices that have not been dealt with yet, put together: each name once. Bounded: what would be too much becomes one notice
/// to read everything.
/// </summary>
internal sealed class PendingNotices
{
    /// <summary>Names kept. So many fill a NOTIFY of 8,000 bytes, whatever they name.</summary>
    public const int MostNames = 500;

    private readonly Lock _lock = new();
    private readonly HashSet<(TeamId Team, JobId Job)> _moved = [];
    private readonly HashSet<JobId> _grown = [];
    private readonly HashSet<QueueKey> _queues = [];
    private readonly HashSet<AccountId> _changed = [];
    private readonly HashSet<AccountId> _freed = [];
    private readonly HashSet<TeamId> _released = [];
    private bool _all;
    private bool _pauses;
    private bool _teams;

    /// <summary>Adds what a commit of this node means to others. False when it means nothing.</summary>
    public bool Add(BatchCommit commit)
    {
        lock (_lock)
        {
            if (!_all) AddNames(commit);
            return Bound();
        }
    }

    /// <summary>Adds a stream that has grown.</summary>
    public void AddGrown(JobId job)
    {
        lock (_lock)
        {
            if (!_all) _grown.Add(job);
            Bound();
        }
    }

    /// <summary>Whether nothing but growth of streams is to be told, which may wait a moment for more.</summary>
    public bool IsGrowthAlone
    {
        get
        {
            lock (_lock) return _grown.Count > 0 && Names == _grown.Count && !_all && !_pauses && !_teams;
        }
    }

    /// <summary>Adds a notice of another node, or one that could not be sent.</summary>
    public bool Add(ChangeNotice notice)
    {
        lock (_lock)
        {
            _all |= notice.All;
            if (!_all) AddNames(notice);
            return Bound();
        }
    }

    /// <summary>Takes all there is; null when there is nothing.</summary>
    public ChangeNotice? Take()
    {
        lock (_lock)
        {
            var notice = _all ? ChangeNotice.Everything : Named();
            var isEmpty = IsEmpty;
            Clear();
            return isEmpty ? null : notice;
        }
    }

    private bool IsEmpty => !_all && !_pauses && !_teams && Names == 0;

    private int Names => _moved.Count + _grown.Count + _queues.Count + _changed.Count + _freed.Count + _released.Count;

    private void AddNames(BatchCommit commit)
    {
        foreach (var job in commit.Jobs)
        {
            _moved.Add((job.Team, job.Id)); // every event has its job's row, and progress has nothing else
            if (job.IsReady) _queues.Add(QueueKey.Of(job));
        }

        var before = commit.Before.ToDictionary(account => account.Id);
        foreach (var account in commit.Accounts) Add(account.Id, AccountComparison.NewsOf(before.GetValueOrDefault(account.Id), account));
        _released.UnionWith(commit.ReleasedBy);
        _pauses |= commit.Pauses.Count > 0;
        _teams |= commit.Teams.Count > 0;
    }

    private void AddNames(ChangeNotice notice)
    {
        foreach (var (team, jobs) in notice.Moved) _moved.UnionWith(jobs.Select(job => (team, job)));
        _grown.UnionWith(notice.Grown);
        _queues.UnionWith(notice.Queues);
        _changed.UnionWith(notice.Changed);
        _freed.UnionWith(notice.Freed);
        _released.UnionWith(notice.Released);
        _pauses |= notice.Pauses;
        _teams |= notice.Teams;
    }

    private void Add(AccountId account, AccountNews news)
    {
        if (news == AccountNews.Changed) _changed.Add(account);
        else if (news == AccountNews.Freed) _freed.Add(account);
    }

    private bool Bound()
    {
        if (Names > MostNames) _grown.Clear(); // its readers look by themselves
        if (Names > MostNames) _all = true;
        if (_all) ClearNames();
        return !IsEmpty;
    }

    private ChangeNotice Named() => new()
    {
        Moved = [.. _moved.GroupBy(moved => moved.Team, moved => moved.Job).Select(team => new MovedJobs(team.Key, [.. team]))],
        Grown = [.. _grown],
        Queues = [.. _queues],
        Changed = [.. _changed],
        Freed = [.. _freed.Except(_changed)],
        Released = [.. _released],
        Pauses = _pauses,
        Teams = _teams,
    };

    private void Clear()
    {
        ClearNames();
        _all = _pauses = _teams = false;
    }

    private void ClearNames()
    {
        _moved.Clear();
        _grown.Clear();
        _queues.Clear();
        _changed.Clear();
        _freed.Clear();
        _released.Clear();
    }
}
