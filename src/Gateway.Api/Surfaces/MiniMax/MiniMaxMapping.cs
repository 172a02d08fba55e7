using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Grains.Jobs;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>Jobs in MiniMax's words: its statuses, its shapes, the gateway's ids.</summary>
internal static class MiniMaxMapping
{
    /// <summary>What MiniMax says about an id it does not know, and about another account's (specs 5.4).</summary>
    public static readonly BaseRespAnswer UnknownTask = new(new BaseResp(2013, "invalid params, invalid task_id"));

    public static readonly BaseRespAnswer UnknownFile = new(new BaseResp(2013, "invalid params, invalid file_id"));

    /// <summary>The answer of a submit: the upstream's verdict where it has spoken, else the task (J11).</summary>
    public static FinishedAnswer Created(JobState job) => job.Status is JobStatus.Failed or JobStatus.Cancelled or JobStatus.Expired
        ? Answer(new TaskCreated("", Failure(job)))
        : Answer(new TaskCreated(job.Id.ToString(), BaseResp.Success));

    /// <summary>The status of a task that has no result.</summary>
    public static TaskStatus Status(JobState job) => job.Status switch
    {
        JobStatus.Queued => Running(job, "Queueing"),
        JobStatus.Submitting => Running(job, "Preparing"),
        // Nobody knows yet how an unknown job ends: its caller keeps asking.
        JobStatus.Running or JobStatus.Unknown or JobStatus.Succeeded => Running(job, "Processing"),
        _ => new TaskStatus(job.Id.ToString(), "Fail", "", Failure(job)),
    };

    /// <summary>A file's description with the gateway's id in place of the upstream's; the type of the id stays a number.</summary>
    public static byte[]? File(byte[] upstream, JobId id)
    {
        try
        {
            if (JsonNode.Parse(upstream) is not JsonObject answer || answer["file"] is not JsonObject file) return null;
            file["file_id"] = id.Value;
            return JsonSerializer.SerializeToUtf8Bytes(answer, AsWritten);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Links keep their '&': a client may compare them as text.
    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static TaskStatus Running(JobState job, string status) => new(job.Id.ToString(), status, "", BaseResp.Success);

    private static BaseResp Failure(JobState job) => new(job.Error?.UpstreamCode ?? 1000, job.Error?.Message ?? $"the job was {job.Status.Name}: {job.Reason}");

    private static FinishedAnswer Answer(TaskCreated created) =>
        new(StatusCodes.Status200OK, "application/json", JsonSerializer.SerializeToUtf8Bytes(created, MiniMaxJson.Default.TaskCreated));
}
