namespace Gateway.Engine.Turns;

/// <summary>The caps of a batch (T2). Larger batches commit more turns at once; smaller ones answer sooner.</summary>
internal sealed record BatchOptions
{
    /// <summary>Turns in one batch. Default 512: at 256 callers one batch takes all of them.</summary>
    public int MaxTurns { get; init; } = 512;

    /// <summary>Bytes one batch writes. Default 1 MiB.</summary>
    public int MaxBytes { get; init; } = 1024 * 1024;

    /// <summary>How long a batch runs decisions while it holds locks. Default 25 ms; what is left goes into the next.</summary>
    public TimeSpan MaxDeciding { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Admissions that may wait. Default 10,000; one more is refused (T2).</summary>
    public int MaxAdmissions { get; init; } = 10_000;

    /// <summary>An obligation that failed so often on its own is parked (T7). Default 5.</summary>
    public int SaveFailuresThatPark { get; init; } = 5;

    /// <summary>Longest pause between two tries to reach a lost store. Default 2 s.</summary>
    public TimeSpan MaxReopenPause { get; init; } = TimeSpan.FromSeconds(2);
}
