using System.Text;
using Gateway.Model.Jobs;
using Gateway.Model.Json;
using Gateway.Model.Operations;
using Gateway.Model.Outbox;

namespace Gateway.Model.Native;

/// <summary>
/// What MiniMax would tell a <c>callback_url</c> about a job: the answer of its task's query, with the words of callbacks
/// (docs/minimax.md, "Callbacks"). Here and not in the surface, because worker nodes, which have no surfaces, send it too.
/// </summary>
internal static class NativeCallbacks
{
    /// <summary>The job's status as a callback names it.</summary>
    public static string WordOf(JobState job) => job.TellsMore ? V2Task.StatusOf(job) : job.CallbackPhase switch
    {
        CallbackPhase.Succeeded => "success",
        CallbackPhase.Failed => "failed",
        _ => "processing",
    };

    /// <summary>The body of a callback.</summary>
    /// <param name="job">The job as it was after the change that is told.</param>
    /// <param name="result">Its result, where it has one: the vendor's own answer, on the gateway's ids.</param>
    public static byte[] Body(JobState job, byte[]? result)
    {
        if (job.TellsMore) return result ?? TaskAnswers.VideoV2(job);
        if (result is not null) return Reworded(result, WordOf(job));
        return OperationTable.Of(job.Kind, job.Operation).Task == TaskApi.Template
            ? TaskAnswers.Template(job, WordOf(job))
            : TaskAnswers.Video(job, WordOf(job));
    }

    private static byte[] Reworded(byte[] result, string word)
    {
        var splice = new JsonSplice(result);
        foreach (var status in JsonValues.Find(result, "status")) splice.Replace(status.Bytes, Encoding.ASCII.GetBytes($"\"{word}\""));
        return splice.ToArray();
    }
}
