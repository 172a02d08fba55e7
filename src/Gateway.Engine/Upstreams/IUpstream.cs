using System.Collections.Frozen;
using Gateway.Model.Answers;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Upstreams;

/// <summary>
/// One kind of upstream: everything a node asks of an account's vendor goes through the driver the account names. Drivers translate from
/// and to the native format (docs/glossary.md) and classify errors; they never retry and never pick accounts. What they say is cleaned
/// of the account's credential.
/// </summary>
internal interface IUpstream
{
    /// <summary>The name accounts and settings know it by.</summary>
    string Driver { get; }

    FrozenSet<JobKind> Kinds { get; }

    /// <summary>The shipped prices and paces.</summary>
    UpstreamTerms Terms { get; }

    /// <summary>Whether an account at this address can do the work, as far as the driver knows without asking.</summary>
    bool Serves(Uri baseUrl, Work work);

    /// <summary>Finds the root to call in the url an admin pasted, which may name what a client was set to or was seen to call.</summary>
    /// <returns>False when there is more in it than an address: <paramref name="root"/> is what remains without.</returns>
    bool TryRoot(Uri pasted, out Uri root);

    /// <summary>Whether an address is the vendor's own, so that an account there needs no driver to be named.</summary>
    bool IsVendors(Uri url);

    /// <summary>Submits a job: a task that is followed by <see cref="PollAsync"/>, or a call whose answer is its result.</summary>
    /// <param name="account">Where to send it.</param>
    /// <param name="request">What to send.</param>
    /// <param name="beforeFirstByte">Throws when the sender must not send any more (L6).</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is then unclear unless nothing was sent.</param>
    Task<SubmitOutcome> SubmitAsync(
        UpstreamAccount account, UpstreamRequest request, Action beforeFirstByte, CancellationToken cancellationToken);

    Task<PollOutcome> PollAsync(UpstreamAccount account, UpstreamRequest request, string taskId, CancellationToken cancellationToken);

    /// <summary>
    /// Asks for an end of a task. Only what has not begun can be taken back, and only where the upstream's API has such a thing.
    /// </summary>
    Task<CancelOutcome> CancelAsync(UpstreamAccount account, UpstreamRequest request, string taskId, CancellationToken cancellationToken);

    /// <summary>Sends a call, whose answer is passed on as it comes. It is held back until it is known to be no error.</summary>
    /// <inheritdoc cref="SubmitAsync"/>
    Task<CallOutcome> CallAsync(UpstreamAccount account, UpstreamCall call, Action beforeFirstByte, CancellationToken cancellationToken);

    Task<ReadAnswer> ReadAsync(UpstreamAccount account, UpstreamRead read, CancellationToken cancellationToken);

    /// <summary>Uploads a file: the native form, passed on as it comes.</summary>
    Task<ReadAnswer> UploadAsync(UpstreamAccount account, HttpContent form, CancellationToken cancellationToken);

    /// <summary>Opens a file's content. Whoever gets it disposes it.</summary>
    Task<OpenedRead> OpenAsync(UpstreamAccount account, string fileId, CancellationToken cancellationToken);

    /// <summary>Asks the upstream whether the credential works; null when it does.</summary>
    Task<UpstreamError?> ValidateAsync(UpstreamAccount account, CancellationToken cancellationToken);
}
