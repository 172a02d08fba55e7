using Gateway.Engine.Turns;
using Gateway.Model.Ids;

namespace Gateway.Engine.Jobs;

/// <summary>
/// Makes ids of jobs and assets that no other live node makes, and none that an earlier incarnation with the same node number made.
/// 41 bits of milliseconds since 2025, then 22 that tell apart what falls into one: in a short id the mark, 6 bits of node, 6 of counter;
/// in a whole one 10 bits of node, 12 of counter. Rising on one node even when the clock steps back, because the queue orders equal
/// priorities by id.
/// </summary>
internal sealed class JobIdSource(TimeProvider time, NodeIdentity node)
{
    private const int CounterBits = 6;
    private static readonly long Epoch = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private readonly int _place = node.Number - NodeNumbers.First;
    private long _last = Tick.First(Math.Max(0, Since(node.IdsAfter) + 1), isShort: false).Value - 1;
    private bool _mayShorten;

    /// <summary>
    /// Whether every live node reads short ids. Until that is known, and while a node of a version before them lives, ids are whole: it
    /// would not find a job by its short id, and tell receivers of webhooks another one.
    /// </summary>
    public bool MayShorten
    {
        set => Volatile.Write(ref _mayShorten, value);
    }

    private bool IsShort => _place is >= 0 and < NodeNumbers.Short && Volatile.Read(ref _mayShorten);

    /// <summary>The smallest id that can be made at <paramref name="instant"/>: ids below it are older.</summary>
    public static JobId FirstAt(DateTimeOffset instant) =>
        new(Math.Max(1, Since(instant < Farthest ? instant : Farthest) << (ShortIds.LowBits + ShortIds.MiddleBits)));

    // Milliseconds have 41 bits; an id of a later instant would overflow, and none is made for decades.
    private static readonly DateTimeOffset Farthest = new(2090, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>When an id was made.</summary>
    public static DateTimeOffset MadeAt(JobId id) =>
        DateTimeOffset.FromUnixTimeMilliseconds((id.Value >> (ShortIds.LowBits + ShortIds.MiddleBits)) + Epoch);

    public JobId Next()
    {
        while (true)
        {
            var (isShort, last) = (IsShort, Interlocked.Read(ref _last));
            var next = new Tick(last).NextOf(Since(time.GetUtcNow()), isShort);
            if (Interlocked.CompareExchange(ref _last, next.Value, last) == last) return IdOf(next);
        }
    }

    private JobId IdOf(Tick tick) => new(tick.IsShort
        ? ShortIds.Of(tick.Milliseconds, ((long)_place << CounterBits) | tick.Counter)
        : (tick.Milliseconds << (ShortIds.LowBits + ShortIds.MiddleBits)) | ((long)node.Number << ShortIds.LowBits) | tick.Counter);

    private static long Since(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds() - Epoch;

    /// <summary>
    /// An id without the node: milliseconds, whether it is short, and a counter. In the order of the ids that come of it.
    /// </summary>
    private readonly record struct Tick(long Value)
    {
        private const int ShortBit = ShortIds.LowBits;
        private const long MostCounted = 1 << ShortIds.LowBits;

        public long Milliseconds => Value >> (ShortBit + 1);

        public bool IsShort => ((Value >> ShortBit) & 1) == 1;

        public long Counter => Value & (MostCounted - 1);

        public static Tick First(long milliseconds, bool isShort) => new((milliseconds << (ShortBit + 1)) | (isShort ? MostCounted : 0));

        // More than fit into a millisecond borrow from the next one.
        public Tick NextOf(long milliseconds, bool isShort)
        {
            var next = new Tick(Math.Max(Value + 1, First(milliseconds, isShort).Value));
            var fits = next.IsShort == isShort && (!isShort || next.Counter < 1 << CounterBits);
            return fits ? next : First(next.Milliseconds + 1, isShort);
        }
    }

    /// <summary>What the ids of a node number have in the bits below the milliseconds, for whoever looks for its newest.</summary>
    /// <param name="Whole">The 10 bits above the lowest 12.</param>
    /// <param name="Short">The 16 bits above the lowest 6; none where the number makes no short ids.</param>
    internal readonly record struct Pattern(long Whole, long Short)
    {
        public static Pattern Of(int number)
        {
            var place = number - NodeNumbers.First;
            return new Pattern(
                number, place is >= 0 and < NodeNumbers.Short ? (ShortIds.Mark << (ShortIds.LowBits - CounterBits)) | (long)place : -1);
        }
    }
}
