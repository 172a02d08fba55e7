using System.Text.Json.Serialization;

namespace Gateway.Model.Kinds;

/// <summary>
/// Which of a kind's operations is asked for. Time-outs go by kind; the upstream's path, the shape of its answers, its pace
/// and what one account may do go by operation.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<WorkOperation>))]
internal enum WorkOperation
{
    /// <summary>What the kind is named after.</summary>
    Plain,

    /// <summary>Video of the second API: content parts in, a task with a link out.</summary>
    VideoV2,

    /// <summary>Preparation of a context for a video of the second API.</summary>
    VideoContext,

    /// <summary>Another take of a video of the second API.</summary>
    VideoRegeneration,

    /// <summary>Video from a template.</summary>
    VideoTemplate,

    /// <summary>Speech in the background.</summary>
    SpeechTask,

    VoiceClone,
    VoiceDesign,
    Lyrics,
    CoverPreprocess,
}
