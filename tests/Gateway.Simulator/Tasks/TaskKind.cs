namespace Gateway.Simulator;

public enum TaskKind
{
    Video,
    VideoV2,

    /// <summary>A video made by the template agent.</summary>
    Template,

    /// <summary>Speech made in the background, <c>t2a_async_v2</c>.</summary>
    Speech,
}
