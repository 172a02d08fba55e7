namespace Gateway.Simulator;

/// <summary>How the platform treats one key.</summary>
public sealed record KeySettings
{
    /// <summary>Tasks of all kinds that may run at once; one more is answered 1041. Null: no limit.</summary>
    public int? MaxConcurrentTasks { get; init; }

    /// <summary>Calls that may run at once, per operation; one more is answered 1041. Operations left out have no limit.</summary>
    public IReadOnlyDictionary<Operation, int>? MaxConcurrent { get; init; }

    /// <summary>Models of the plan; others are answered 2061. Null: all.</summary>
    public IReadOnlyList<string>? AllowedModels { get; init; }

    /// <summary>All that costs money is answered 1008.</summary>
    public bool BalanceExhausted { get; init; }

    /// <summary>Whether the account is verified; otherwise voice clones are answered 2038. Default on.</summary>
    public bool MayCloneVoices { get; init; } = true;

    /// <summary>The key is dead: everything is answered 2049.</summary>
    public bool Revoked { get; init; }

    /// <summary>
    /// Requests per minute, for all chats together and for every other paid operation each; beyond it 1002. Null: no limit.
    /// </summary>
    public int? Rpm { get; init; }

    /// <summary>What <c>query_balance</c> says; nothing at all when the balance is exhausted. Default 12.34.</summary>
    public decimal AvailableAmount { get; init; } = 12.34m;

    /// <summary>Null: the simulator's own range.</summary>
    public TimeSpan? MinTaskDuration { get; init; }

    /// <summary>Null: the simulator's own range.</summary>
    public TimeSpan? MaxTaskDuration { get; init; }

    /// <summary>What <c>token_plan/remains</c> says about the <c>general</c> row. Default 98.</summary>
    public int GeneralRemainingPercent { get; init; } = 98;

    /// <summary>What <c>token_plan/remains</c> says about the <c>video</c> row. Default 85.</summary>
    public int VideoRemainingPercent { get; init; } = 85;
}
