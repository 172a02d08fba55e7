using Gateway.Engine.Upstreams;
using Gateway.Model.Answers;

namespace Gateway.Api.Surfaces.Useapi;

/// <summary>
/// Asks the upstream about a credential before its account is saved, so that one that is dead gets no work at all. Whatever is not a
/// clear refusal stands in nobody's way: an account may be added while its upstream is away.
/// </summary>
internal sealed class KeyCheck(IUpstreamRegistry upstreams, TimeProvider time)
{
    // An admin waits for it.
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(5);

    public async Task<KeyFinding> AskAsync(AccountRequest account, CancellationToken cancellationToken)
    {
        if (!account.Validate) return new KeyFinding("skipped");
        var spec = account.Spec;
        if (upstreams.Find(spec.Driver) is not { } upstream) return new KeyFinding("skipped", $"driver '{spec.Driver}' is switched off");

        using var patience = new CancellationTokenSource(AtMost, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return Of(
                await upstream.ValidateAsync(
                    new UpstreamAccount(spec.Id, spec.BaseUrl, account.Secret, spec.Patch.GroupId.Or(null)), both.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new KeyFinding("unreachable", $"no answer within {AtMost.TotalSeconds:0} s");
        }
    }

    // Who is told that he is too fast, or has nothing left, was known.
    private static KeyFinding Of(UpstreamError? error) => error switch
    {
        null => new KeyFinding("ok"),
        { Class: ErrorClass.AuthDead } => new KeyFinding("refused", error.Message) { Refusal = error },
        { Class: ErrorClass.RateLimited or ErrorClass.Exhausted or ErrorClass.Overload } => new KeyFinding("ok", error.Message),
        {
            Class: ErrorClass.Retry or ErrorClass.FailOver or ErrorClass.Suspect or ErrorClass.ModelUnavailable
                or ErrorClass.OperationUnavailable or ErrorClass.Caller or ErrorClass.Moderation
        } => new KeyFinding("unreachable", error.Message),
    };
}
