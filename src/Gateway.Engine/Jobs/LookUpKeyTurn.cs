using Gateway.Engine.Turns;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Jobs;

/// <summary>Reads a key's record; for the rare answer that depends on it without a submit.</summary>
internal sealed class LookUpKeyTurn(IdempotencyKey key) : Turn<IdempotencyRecord?>
{
    public override TurnClass Class => TurnClass.Admission;

    public override IdempotencyKey? Key => key;

    protected override IdempotencyRecord? Run(TurnScope scope) =>
        scope.Record(key) is { } record && record.ExpiresAt > scope.Now ? record : null;
}
