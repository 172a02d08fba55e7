using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Jobs;

/// <summary>Keeps what a submit answered, so that the same key gives the same answer.</summary>
internal sealed class KeepAnswerTurn(IdempotencyKey key, JobId job, StoredAnswer answer) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override IdempotencyKey? Key => key;

    public override int Bytes => 512 + answer.Body.Length;

    protected override bool Run(TurnScope scope)
    {
        // A key that expired meanwhile may name another job by now.
        if (scope.Record(key) is not { Answer: null } record || record.Job != job) return false;
        scope.Put(record with { Answer = answer });
        return true;
    }
}
