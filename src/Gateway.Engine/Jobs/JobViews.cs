using System.Text.Json;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;

namespace Gateway.Engine.Jobs;

/// <summary>Makes the job JSON. Here and not in a surface, because worker nodes, which have no surfaces, send it to webhooks too.</summary>
internal sealed class JobViews(IBodyStore bodies, PublicAddress address)
{
    /// <summary>Results up to this stand inline.</summary>
    public const int LargestInline = 16 * 1024;

    /// <summary>A job without its result.</summary>
    /// <param name="job">The job as it is, or was.</param>
    /// <param name="toAdmin">Admins see which account it ran on, and whose it is; nobody else does.</param>
    public JobView View(JobState job, bool toAdmin) => new()
    {
        Id = job.Id.ToString(),
        Kind = job.Kind.Name,
        Model = job.Model,
        Status = job.Status.Name,
        Reason = job.Reason,
        Account = toAdmin ? job.Account?.Value : null,
        Team = toAdmin ? job.Team.Value : null,
        Priority = job.Priority,
        Attempt = job.Attempt,
        CreatedAt = job.CreatedAt,
        RunAt = job.RunAt,
        StartBy = job.StartBy,
        FinishBy = job.FinishBy,
        RedriveOf = job.RedriveOf?.ToString(),
        StartedAt = job.StartedAt,
        FinishedAt = job.FinishedAt,
        Progress = job.Progress?.Percent,
        Stage = job.Progress?.StageName,
        Error = job.Error is { } error
            ? new JobErrorView(
                error.Code, toAdmin ? error.AccountWords ?? error.Message : error.Message, toAdmin ? error.UpstreamCode : error.ShownCode)
            : null,
        Credits = new JobCreditsView(job.Reserved, job.Charged),
        ReplyUrl = job.Reply?.Url,
        ReplyRef = job.Reply?.Ref,
        ReplyEvents = job.Reply?.Events is { } events ? [.. events.Select(EventNames.Of)] : null,
        Links = LinksOf(job),
        Seq = job.Seq,
    };

    public string Link(JobId id) => Absolute($"/v1/jobs/{id}");

    /// <summary>The result itself where it is small, else where to read it; null while there is none.</summary>
    public async Task<JsonElement?> ResultAsync(JobState job, CancellationToken cancellationToken)
    {
        if (job.Result is not { } result) return null;
        if (result.IsStream || result.Bytes > LargestInline) return LinkTo(job, result);
        return await bodies.ReadAsync(job.Id, BodyPart.Result, result, cancellationToken) is { } bytes
            ? Inline(bytes) ?? LinkTo(job, result)
            : null;
    }

    /// <summary>Where a result is read.</summary>
    public static JsonElement LinkTo(JobState job, BodyRef result) =>
        JsonSerializer.SerializeToElement(
            new ResultLink($"/v1/jobs/{job.Id}/result", result.Bytes, result.ContentType), JobViewJson.Default.ResultLink);

    // Null for what cannot stand in a JSON of our own, such as a text with half a surrogate pair: such a result is read by its link.
    private static JsonElement? Inline(byte[] bytes)
    {
        try
        {
            using var result = JsonDocument.Parse(bytes);
            return JsonElement.Parse(JsonSerializer.SerializeToUtf8Bytes(result, JobViewJson.Default.JsonDocument));
        }
        catch (Exception unclean) when (unclean is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private Dictionary<string, string> LinksOf(JobState job)
    {
        var self = Link(job.Id);
        var links = new Dictionary<string, string> { ["self"] = self, ["events"] = $"{self}/events", ["explain"] = $"{self}/explain" };
        if (!job.Status.IsTerminal) links["cancel"] = $"{self}/cancel";
        if (job.Result is not null) links["result"] = $"{self}/result";
        if (job.IsStreamed) links["stream"] = $"{self}/stream";
        if (job.Result is not null && (job.IsStreamed || job.Kind != JobKind.Chat)) links["content"] = $"{self}/content";
        if (job.FileId is not null) links["file"] = Absolute($"{NativePaths.RetrieveFile}?file_id={job.Id}");
        return links;
    }

    private string Absolute(string path) => address.Link(path) ?? path;
}
