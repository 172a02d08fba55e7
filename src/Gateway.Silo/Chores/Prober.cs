using System.Collections.Concurrent;
using Gateway.Engine.Accounts;
using Gateway.Engine.Notifiers;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Accounts;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Silo.Lanes;

namespace Gateway.Silo.Chores;

/// <summary>
/// Asks accounts in doubt whether they work, so that a healthy one comes back by itself and a dead one is not tried by callers. Each is
/// asked by the node it is homed on; two that both ask do no harm. Woken by changes of accounts and by the earliest instant that is due.
/// </summary>
internal sealed partial class Prober(
    RouterGrain router, AccountGrain accounts, IUpstreamRegistry upstreams, Credentials credentials, Homes homes, TimeProvider time,
    ILogger<Prober> logger) : BackgroundService
{
    /// <summary>Probes under way at once. Hosts share them: one that hangs keeps no account of another in doubt.</summary>
    private const int MostAtOnce = 8;

    /// <summary>An upstream that takes longer says nothing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // After a probe that came to nothing here: its account is not asked in a circle.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Timers reach 49 days; a later instant is looked at again then.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(30);

    private static readonly UpstreamError Silence = new(
        ErrorClass.Retry, Code: null, "the probe had no answer in time", Billed.No, TimeSpan.Zero);

    private readonly ConcurrentDictionary<AccountId, Task> _running = [];
    private readonly SharedPlaces _places = new(static () => MostAtOnce);
    private readonly AsyncAutoResetEvent _wake = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        router.ProbesChanged += _wake.Set;
        try
        {
            while (true) await _wake.WaitAsync(StartDue(stoppingToken), time, stoppingToken);
        }
        finally
        {
            router.ProbesChanged -= _wake.Set;
            await Task.WhenAll(_running.Values);
        }
    }

    /// <summary>Starts what is due; answers how long to wait for what is not.</summary>
    private TimeSpan? StartDue(CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        foreach (var account in router.All().Where(account => IsToProbe(account, now)).OrderBy(account => account.ProbeAt))
        {
            if (account.ProbeAt - now is { Ticks: > 0 } wait) return wait < LongestWait ? wait : LongestWait;
            if (_places.RoomFor(account.BaseUrl.Authority) > 0) Start(account, stoppingToken); // else the end of each rings
        }

        return null;
    }

    private void Start(AccountState account, CancellationToken stoppingToken)
    {
        _places.Enter(account.BaseUrl.Authority);
        var task = ProbeAsync(account, stoppingToken);
        _running[account.Id] = task;
        _ = task.ContinueWith(
            _ => End(account), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void End(AccountState account)
    {
        _running.TryRemove(account.Id, out _);
        _places.Leave(account.BaseUrl.Authority);
        _wake.Set();
    }

    // An expired token is known to be refused, and a driver that is off asks nobody.
    private bool IsToProbe(AccountState account, DateTimeOffset now) =>
        account is { ProbeAt: not null, SealedSecret.Length: > 0 } && !(account.TokenExpiresAt <= now) &&
        homes.Has(account.Id) && !_running.ContainsKey(account.Id) && upstreams.Find(account.Driver) is not null;

    private async Task ProbeAsync(AccountState account, CancellationToken stoppingToken)
    {
        try
        {
            var error = await AskAsync(account, stoppingToken);
            LogProbed(account.Id, error?.Describe() ?? "all is well");
            if (
                await accounts.ProbedAsync(
                    account.Id, new Probe(account.SealedSecret, account.Health.ProbeAt), error, actor: null, stoppingToken))
                return;
            // It is another by now than this node knew.
            await router.RefreshAsync([account.Id], stoppingToken);
            await Task.Delay(Pause, time, stoppingToken);
        }
        catch (Exception failure)
        {
            if (stoppingToken.IsCancellationRequested) return;
            LogFailed(account.Id, failure); // a lost database, mostly
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<UpstreamError?> AskAsync(AccountState account, CancellationToken stoppingToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stoppingToken);
        try
        {
            return await upstreams.Find(account.Driver)!.ValidateAsync(credentials.For(account)!, either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return Silence;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Account {Account} was probed: {Found}")]
    private partial void LogProbed(AccountId account, string found);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Probing account {Account} failed; it is tried again.")]
    private partial void LogFailed(AccountId account, Exception failure);
}
