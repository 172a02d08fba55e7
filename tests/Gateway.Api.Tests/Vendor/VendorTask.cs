using System.Text.Json.Nodes;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>One of the vendor's task APIs: submitted, then asked about.</summary>
/// <param name="Name">What it is, in a row's name.</param>
/// <param name="Submit">The simulator's name of a submit.</param>
/// <param name="Query">The simulator's name of a query.</param>
/// <param name="Path">Where it is submitted.</param>
/// <param name="QueryPath">Where it is asked about; the id follows.</param>
/// <param name="Body">The request.</param>
/// <param name="Price">Credits, when it succeeds.</param>
internal sealed record VendorTask(string Name, Operation Submit, Operation Query, string Path, string QueryPath, string Body, int Price)
{
    public override string ToString() => Name;

    /// <summary>Whether it hands out a file, rather than a link.</summary>
    public bool HasFile => Submit is Operation.VideoSubmit or Operation.SpeechTaskSubmit;

    /// <summary>Whether the same request can be a job of the gateway's own kind.</summary>
    public string? Kind => Submit == Operation.SpeechTaskSubmit ? null : "video";

    /// <summary>The part of a query's answer that tells of the task.</summary>
    public JsonObject Of(JsonObject answer) => Submit == Operation.VideoV2Submit ? answer["task"]!.AsObject() : answer;

    public static readonly VendorTask Video = new(
        "video", Operation.VideoSubmit, Operation.VideoQuery, "/v1/video_generation", "/v1/query/video_generation?task_id=",
        """{"model":"MiniMax-Hailuo-02","prompt":"a calm sea"}""", 30);

    public static readonly VendorTask VideoV2 = new(
        "video v2", Operation.VideoV2Submit, Operation.VideoV2Query, "/v2/video_generation", "/v2/query/video_generation/",
        """{"model":"MiniMax-H3","duration":6,"ratio":"16:9","content":[{"type":"text","text":"a calm sea"}]}""", 30);

    public static readonly VendorTask Template = new(
        "template", Operation.TemplateSubmit, Operation.TemplateQuery, "/v1/video_template_generation",
        "/v1/query/video_template_generation?task_id=",
        """{"template_id":"393769180141805569","text_inputs":[{"value":"a lion"}]}""", 30);

    public static readonly VendorTask Speech = new(
        "speech task", Operation.SpeechTaskSubmit, Operation.SpeechTaskQuery, "/v1/t2a_async_v2", "/v1/query/t2a_async_query_v2?task_id=",
        """{"model":"speech-2.8-turbo","text":"Hello.","voice_setting":{"voice_id":"English_Graceful_Lady"}}""", 2);

    public static readonly IReadOnlyList<VendorTask> All = [Video, VideoV2, Template, Speech];
}
