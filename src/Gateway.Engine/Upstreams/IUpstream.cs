using System.Collections.Frozen;
using Gateway.Model.Answers;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Upstreams;

/// <summary>One kind of upstream. Drivers translate and classify; they never retry and never pick accounts.</summary>
internal interface IUpstream
{
    string Driver { get; }

    FrozenSet<JobKind> Kinds { get; }

    /// <summary>Whether an account at this address can do the work, as far as the driver knows without asking.</summary>
    bool Serves(Uri baseUrl, Work work);

    /// <param name="account">Where to send it.</param>
    /// <param name="request">What to send.</param>
    /// <param name="beforeFirstByte">Throws when the sender must not send any more (L6).</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is then unclear unless nothing was sent.</param>
    Task<SubmitOutcome> SubmitAsync(UpstreamAccount account, UpstreamRequest request, Action beforeFirstByte, CancellationToken cancellationToken);

    Task<PollOutcome> PollAsync(UpstreamAccount account, UpstreamRequest request, string taskId, CancellationToken cancellationToken);

    /// <summary>Asks for an end of a task. Only what has not begun can be taken back, and only where the upstream's API has such a thing.</summary>
    Task<CancelOutcome> CancelAsync(UpstreamAccount account, UpstreamRequest request, string taskId, CancellationToken cancellationToken);

    /// <summary>Asks the upstream whether the credential works; null when it does.</summary>
    Task<UpstreamError?> ValidateAsync(UpstreamAccount account, CancellationToken cancellationToken);
}
