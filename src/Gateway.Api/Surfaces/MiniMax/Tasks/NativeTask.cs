using Gateway.Model.Jobs;
using Gateway.Model.Operations;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>One of MiniMax's task operations as its callers see it.</summary>
/// <param name="Operation">What it makes.</param>
/// <param name="Words">Its answers.</param>
internal sealed record NativeTask(Operation Operation, ITaskAnswers Words)
{
    public static IReadOnlyList<NativeTask> All { get; } =
    [
        .. OperationTable.All.Where(row => row.Task is not null).Select(row => new NativeTask(row, AnswersOf(row.Task!.Value)))
    ];

    /// <summary>The tasks of one API.</summary>
    public static IReadOnlyList<NativeTask> Of(TaskApi api) => [.. All.Where(task => task.Operation.Task == api)];

    /// <summary>Whether a job is a task of this operation.</summary>
    public bool Has(JobState job) => job.Kind == Operation.Kind && job.Operation == Operation.Which && !job.IsForgotten;

    private static ITaskAnswers AnswersOf(TaskApi api) => api switch
    {
        TaskApi.Video => new VideoAnswers(),
        TaskApi.Template => new TemplateAnswers(),
        TaskApi.Speech => new SpeechTaskAnswers(),
        TaskApi.VideoV2 => new VideoV2Answers(),
    };
}
