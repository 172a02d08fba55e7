using Gateway.Engine.Turns;
using Gateway.Model.Ids;

namespace Gateway.Grains.Tests.Support;

/// <summary>A turn whose decision is the test's.</summary>
internal sealed class TestTurn<T>(TurnClass turnClass, Func<TurnScope, T> decide) : Turn<T>
{
    public AccountId? OnAccount { get; init; }

    public JobId? OnJob { get; init; }

    public int Weight { get; init; } = 512;

    public Func<T, Turn?>? Undo { get; init; }

    public override TurnClass Class => turnClass;

    public override AccountId? Account => OnAccount;

    public override JobId? Job => OnJob;

    public override int Bytes => Weight;

    protected override T Run(TurnScope scope) => decide(scope);

    protected override Turn? Compensate(T result) => Undo?.Invoke(result);
}

internal static class TestTurns
{
    /// <summary>Raises an account's version and answers what its name was made.</summary>
    public static TestTurn<string> Rename(TurnClass turnClass, string name, AccountId? account = null) => new(turnClass, scope =>
    {
        scope.Put(scope.Account(account ?? Make.AccountOne)! with { Name = name });
        return name;
    })
    { OnAccount = account ?? Make.AccountOne };

    /// <summary>A turn whose job the database refuses: there is no priority 10.</summary>
    public static TestTurn<bool> Unsavable(TurnClass turnClass, JobId id) => new(turnClass, scope =>
    {
        scope.Put((scope.Job(id) ?? Make.Job(id) with { Seq = 1 }) with { Priority = 10 });
        return true;
    })
    { OnJob = id };
}
