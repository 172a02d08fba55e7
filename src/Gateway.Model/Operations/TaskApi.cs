namespace Gateway.Model.Operations;

/// <summary>Which of the native task APIs follows an operation: its queries, their words, and where its result stands.</summary>
internal enum TaskApi
{
    /// <summary>Video, first API: a file at the end.</summary>
    Video,

    /// <summary>Video from a template: a link at the end.</summary>
    Template,

    /// <summary>Speech in the background: a file at the end.</summary>
    Speech,

    /// <summary>Video, second API: a link at the end, and words for the queue and for a cancel.</summary>
    VideoV2,
}
