using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Model.Jobs;

/// <summary>What a piece of work may be tried for: all in which calls and jobs differ.</summary>
/// <param name="Most">How often it is tried at most; what cost nothing and is about one account does not count.</param>
internal readonly record struct RetryTerms(int Most)
{
    /// <summary>How often one call is sent at most.</summary>
    public const int MostOfCall = 3;

    /// <summary>
    /// So often is a job sent to an account that gives no reason why it refuses it, and is let in again by its probes each time.
    /// </summary>
    public const int MostSuspicions = 3;

    /// <summary>It costs next to nothing before its first byte, so a doubt about its bill is no reason to stop (J10).</summary>
    public bool IsCheap { get; init; }

    /// <summary>
    /// Somebody waits for the answer. So a vendor without room for anybody counts as a try, which a job waits for as long as a queue may be
    /// (J6), and an answer nobody understands, behind what another account answered, stands.
    /// </summary>
    public bool IsAwaited { get; init; }

    /// <summary>A try asks the same account twice by itself where nobody knows what an answer means: its answers count as one.</summary>
    public bool AsksTwice { get; init; }

    /// <summary>
    /// No other account is tried. A refusal of the model or of the operation stands; asked again, what it names may be brought elsewhere.
    /// </summary>
    public bool IsPinned { get; init; }

    /// <summary>How often the account has refused it for a reason of its own before.</summary>
    public int RefusedHere { get; init; }

    public static RetryTerms OfCall(Work work) => new(MostOfCall) { IsCheap = work.Kind == JobKind.Chat, IsAwaited = true };

    public static RetryTerms OfJob(JobState job, AccountId account) =>
        new(JobState.MaxAttempts) { AsksTwice = true, IsPinned = job.Pinned is not null, RefusedHere = job.RefusedBy(account) };
}
