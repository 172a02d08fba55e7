namespace Gateway.Model.Operations;

/// <summary>What an answer reports of its cost.</summary>
internal enum ReportedUsage
{
    /// <summary>Nothing: the reserve is charged.</summary>
    None,
    Tokens,
    Characters,
    Pictures,

    /// <summary>Seconds of video, in the task's last answer.</summary>
    Seconds,
}
