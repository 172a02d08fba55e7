namespace Gateway.Benchmarks.Shards;

/// <summary>What one pool, cut into shards, came to.</summary>
/// <param name="P50">Median wait for a slot, seconds.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Busy">Share of slot time that was used.</param>
/// <param name="Stranded">Share of slot time that was idle while a job waited at another shard.</param>
internal sealed record ShardOutcome(double P50, double P99, double Busy, double Stranded);

/// <summary>
/// Shards with slots of their own, each with one queue in order of arrival: no slot of one serves a job of another. Walks from
/// event to event; nothing in it depends on the machine.
/// </summary>
internal sealed class ShardSimulation(int[] slots, Func<int, int, int> shardOf)
{
    private readonly Queue<Arrival>[] _waiting = [.. slots.Select(_ => new Queue<Arrival>())];
    private readonly int[] _free = [.. slots];
    private readonly PriorityQueue<int, double> _ends = new();
    private readonly List<double> _waits = [];

    private double _now;
    private double _used;
    private double _stranded;

    public ShardOutcome Run(IReadOnlyList<Arrival> arrivals)
    {
        for (var next = 0; next < arrivals.Count; next++)
        {
            RunUntil(arrivals[next].At);
            var shard = shardOf(arrivals[next].Team, next);
            _waiting[shard].Enqueue(arrivals[next]);
            Serve(shard);
        }

        var whole = _now * slots.Sum();
        var (used, stranded) = (_used, _stranded);
        RunUntil(double.PositiveInfinity); // what still waits has a wait too
        _waits.Sort();
        return new ShardOutcome(At(0.50), At(0.99), used / whole, stranded / whole);
    }

    private void RunUntil(double time)
    {
        while (_ends.TryPeek(out var shard, out var end) && end <= time)
        {
            Pass(end);
            _ends.Dequeue();
            _free[shard]++;
            Serve(shard);
        }

        if (double.IsFinite(time)) Pass(time);
    }

    private void Pass(double time)
    {
        var (length, idle) = (time - _now, _free.Sum());
        _used += length * (slots.Sum() - idle);
        // As many idle slots as jobs wait elsewhere would work in one pool.
        _stranded += length * Math.Min(idle, _waiting.Sum(queue => queue.Count));
        _now = time;
    }

    private void Serve(int shard)
    {
        while (_free[shard] > 0 && _waiting[shard].TryDequeue(out var job))
        {
            _free[shard]--;
            _waits.Add(_now - job.At);
            _ends.Enqueue(shard, _now + job.Takes);
        }
    }

    private double At(double share) => _waits[(int)((_waits.Count - 1) * share)];
}
