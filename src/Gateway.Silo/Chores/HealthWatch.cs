using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Silo.Chores;

/// <summary>
/// Tells the operator of each change of an account's health, whatever made it: one line and one count at the node that committed it. Rests
/// that end by themselves have no commit; their line said until when.
/// </summary>
internal sealed partial class HealthWatch(ILogger<HealthWatch> logger) : IBatchObserver
{
    private readonly long[] _changes = new long[Enum.GetValues<HealthState>().Length];

    /// <summary>Changes to this state that this node committed.</summary>
    public long ChangesTo(HealthState state) => Interlocked.Read(ref _changes[(int)state]);

    void IBatchObserver.Committed(BatchCommit commit)
    {
        if (commit.Before.Count == 0) return;
        var before = commit.Before.ToDictionary(account => account.Id);
        foreach (var account in commit.Accounts)
            if (before.TryGetValue(account.Id, out var was) && !ReferenceEquals(was.Health, account.Health)) Tell(was, account, commit.Now);
    }

    private void Tell(AccountState was, AccountState account, DateTimeOffset now)
    {
        TellBlocks(was, account, now);
        var (from, to, reason) = (was.Health.StateAt(now), account.Health.StateAt(now), account.Health.ReasonAt(now));
        if (from == to) return;
        Interlocked.Increment(ref _changes[(int)to]);
        if (to == HealthState.Ok) LogRecovered(account.Id, from.Name);
        else if (to < from) LogBetter(account.Id, from.Name, to.Name, reason);
        else if (to == HealthState.Cooling) LogRests(account.Id, from.Name, to.Name, account.Health.CoolingUntil(now), reason);
        else LogWorse(account.Id, from.Name, to.Name, reason);
    }

    private void TellBlocks(AccountState was, AccountState account, DateTimeOffset now)
    {
        foreach (var block in account.Health.Models.Except(was.Health.Models).Where(block => block.Until > now))
            LogBlocked(account.Id, block.Model.Length == 0 ? "work without a model" : $"model '{block.Model}'", block.Until);
        foreach (var block in (account.Health.Operations ?? []).Except(was.Health.Operations ?? []).Where(block => block.Until > now))
            LogBlocked(account.Id, $"operation '{block.Operation}'", block.Until);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Account {Account} went from {Before} to ok.")]
    private partial void LogRecovered(AccountId account, string before);

    [LoggerMessage(Level = LogLevel.Information, Message = "Account {Account} went from {Before} to {After}: {Reason}")]
    private partial void LogBetter(AccountId account, string before, string after, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {Account} went from {Before} to {After} until {Until:u}: {Reason}")]
    private partial void LogRests(AccountId account, string before, string after, DateTimeOffset? until, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {Account} went from {Before} to {After}: {Reason}")]
    private partial void LogWorse(AccountId account, string before, string after, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {Account} cannot serve {What} until {Until:u}, as the upstream answered.")]
    private partial void LogBlocked(AccountId account, string what, DateTimeOffset until);
}
