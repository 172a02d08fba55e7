using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>One of MiniMax's task APIs as its callers see it.</summary>
/// <param name="Kind">What it makes.</param>
/// <param name="Operation">By which operation.</param>
/// <param name="Words">Its answers.</param>
internal sealed record NativeTask(JobKind Kind, WorkOperation Operation, ITaskAnswers Words)
{
    public static readonly NativeTask Video = new(JobKind.Video, WorkOperation.Plain, new VideoAnswers());
    public static readonly NativeTask Template = new(JobKind.Video, WorkOperation.VideoTemplate, new TemplateAnswers());
    public static readonly NativeTask Speech = new(JobKind.Speech, WorkOperation.SpeechTask, new SpeechTaskAnswers());
    public static readonly NativeTask VideoV2 = new(JobKind.Video, WorkOperation.VideoV2, new VideoV2Answers());
    public static readonly NativeTask VideoContext = new(JobKind.Video, WorkOperation.VideoContext, new VideoV2Answers());
    public static readonly NativeTask VideoRegeneration = new(JobKind.Video, WorkOperation.VideoRegeneration, new VideoV2Answers());

    /// <summary>Whether a job is a task of this API.</summary>
    public bool Has(JobState job) => job.Kind == Kind && job.Operation == Operation && !job.IsForgotten;
}
