using Gateway.Grains.Jobs;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>One of MiniMax's task APIs as its callers see it.</summary>
/// <param name="Kind">What it makes.</param>
/// <param name="Operation">By which operation.</param>
/// <param name="Words">Its answers.</param>
internal sealed record NativeTask(JobKind Kind, WorkOperation Operation, ITaskWords Words)
{
    public static readonly NativeTask Video = new(JobKind.Video, WorkOperation.Plain, new VideoWords());
    public static readonly NativeTask Template = new(JobKind.Video, WorkOperation.VideoTemplate, new TemplateWords());
    public static readonly NativeTask Speech = new(JobKind.Speech, WorkOperation.SpeechTask, new SpeechTaskWords());
    public static readonly NativeTask VideoV2 = new(JobKind.Video, WorkOperation.VideoV2, new VideoV2Words());
    public static readonly NativeTask VideoContext = new(JobKind.Video, WorkOperation.VideoContext, new VideoV2Words());
    public static readonly NativeTask VideoRegeneration = new(JobKind.Video, WorkOperation.VideoRegeneration, new VideoV2Words());

    /// <summary>Whether a job is a task of this API.</summary>
    public bool Has(JobState job) => job.Kind == Kind && job.Operation == Operation && !job.IsForgotten;
}

/// <summary>What one task API says about a job.</summary>
internal interface ITaskWords
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
