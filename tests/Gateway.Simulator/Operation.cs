namespace Gateway.Simulator;

/// <summary>What a request asks of the platform. In JSON the names are snake_case: <c>video_submit</c>.</summary>
public enum Operation
{
    Chat,
    VideoSubmit,
    VideoQuery,
    FileRetrieve,
    FileDownload,
    Models,
    Remains,
}
