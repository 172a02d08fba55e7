using Gateway.Api.Http;
using Gateway.Model.Jobs;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>What one task API says about a job.</summary>
internal interface ITaskAnswers
{
    /// <summary>The answer of a submit: the upstream's verdict where it has spoken, else the task (J11).</summary>
    /// <param name="job">The job as it stands.</param>
    /// <param name="request">What its caller sent.</param>
    FinishedAnswer Created(JobState job, byte[] request);

    /// <summary>The answer to a submit that is refused before there is a job, in the shape of the upstream's own refusal.</summary>
    /// <param name="code">MiniMax's code.</param>
    /// <param name="message">Its words.</param>
    /// <param name="request">What the caller sent.</param>
    FinishedAnswer Refused(int code, string message, byte[] request);

    /// <summary>The answer of a query, for a job that has no result.</summary>
    byte[] Status(JobState job);

    /// <summary>Whether a result holds a link that expires, so that a query asks the upstream anew.</summary>
    bool HasFreshLinks { get; }
}
