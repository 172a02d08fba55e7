namespace Gateway.Simulator;

/// <summary>When a fault strikes. A null member does not narrow the match.</summary>
public sealed record FaultRule
{
    public required Operation Operation { get; init; }

    public string? Key { get; init; }

    /// <summary>Text that must occur in the raw body, or in the query string of a GET.</summary>
    public string? BodyContains { get; init; }

    /// <summary>How many matching requests pass before the first it strikes: 2 strikes from the third on. Default 0.</summary>
    public int Skip { get; init; }

    /// <summary>How many requests it strikes. Null: all of them.</summary>
    public int? Count { get; init; }

    /// <summary>Chance per matching request, from 0 to 1. Null: always.</summary>
    public double? Probability { get; init; }

    public required FaultEffect Effect { get; init; }
}
