using System.Collections.Frozen;

namespace Gateway.Model.Kinds;

/// <summary>The table of time-outs (J9): one place, every kind.</summary>
internal sealed class KindLimits
{
    /// <summary>To establish a connection to an upstream.</summary>
    public static readonly TimeSpan Connect = TimeSpan.FromSeconds(10);

    /// <summary>For what costs the upstream no work: reads, queries, files.</summary>
    public static readonly Silence Quick = new(TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(120));

    /// <summary>Added to the expected run when a token's expiry is judged.</summary>
    public static readonly TimeSpan TokenMargin = TimeSpan.FromMinutes(1);

    private static readonly FrozenDictionary<JobKind, KindLimit> Shipped = new Dictionary<JobKind, KindLimit>
    {
        [JobKind.Video] = new(TimeSpan.FromMinutes(45), TimeSpan.FromMinutes(10)),
        [JobKind.Music] = new(TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(2)),
        [JobKind.Chat] = new(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(2)),
        [JobKind.Image] = new(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2)),
        [JobKind.Speech] = new(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2)),
    }.ToFrozenDictionary();

    // Below the table: static fields are set in their order.
    public static readonly KindLimits Default = new(new Dictionary<JobKind, KindLimit>());

    private readonly FrozenDictionary<JobKind, KindLimit> _limits;

    public KindLimits(IReadOnlyDictionary<JobKind, KindLimit> overrides) =>
        _limits = Shipped.ToDictionary(
            entry => entry.Key, entry => overrides.GetValueOrDefault(entry.Key, entry.Value)).ToFrozenDictionary();

    public KindLimit this[JobKind kind] => _limits[kind];
}
