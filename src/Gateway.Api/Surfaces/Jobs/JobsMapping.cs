using System.Text.Json;
using Gateway.Api.Auth;
using Gateway.Grains.Hosting;
using Gateway.Grains.Jobs;
using Gateway.Grains.Storage;
using Gateway.Grains.Turns;
using Gateway.Silo;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>Shows a job to its caller.</summary>
internal sealed class JobsMapping(QueueOutlook outlook, IBodyStore bodies, GatewayOptions options)
{
    /// <summary>Results up to this stand inline.</summary>
    public const int LargestInline = 16 * 1024;

    public async Task<JobView> ViewAsync(JobState job, Caller caller, CancellationToken cancellationToken)
    {
        var place = await outlook.PlaceAsync(job, cancellationToken);
        return View(job, caller) with
        {
            Position = place.Position,
            EtaSeconds = place.Eta is { } eta ? (int)Math.Ceiling(eta.TotalSeconds) : null,
            Result = await ResultAsync(job, cancellationToken),
        };
    }

    /// <summary>An event: the job as it was then. A place in the queue would be out of date before it is read.</summary>
    public async Task<JobView> ViewAsync(JobEvent change, Caller caller, CancellationToken cancellationToken) =>
        View(change.State, caller) with { Result = await ResultAsync(change.State, cancellationToken) };

    /// <summary>A row of a list: no result, no place in the queue.</summary>
    public JobView View(JobState job, Caller caller) => new()
    {
        Id = job.Id.ToString(),
        Kind = job.Kind.Name,
        Status = job.Status.Name,
        Reason = job.Reason,
        Account = caller.IsAdmin ? job.Account?.Value : null,
        Priority = job.Priority,
        Attempt = job.Attempt,
        CreatedAt = job.CreatedAt,
        RunAt = job.RunAt,
        StartBy = job.StartBy,
        FinishBy = job.FinishBy,
        RedriveOf = job.RedriveOf?.ToString(),
        StartedAt = job.StartedAt,
        FinishedAt = job.FinishedAt,
        Error = job.Error is { } error ? new JobErrorView(error.Code, error.Message, error.UpstreamCode) : null,
        Credits = new JobCreditsView(job.Reserved, job.Charged),
        Links = LinksOf(job),
        Seq = job.Seq,
    };

    public string Link(JobId id) => Absolute($"/v1/jobs/{id}");

    private async Task<JsonElement?> ResultAsync(JobState job, CancellationToken cancellationToken)
    {
        if (job.Result is not { } result) return null;
        if (result.Bytes > LargestInline) return LinkTo(job, result);
        return await bodies.ReadAsync(job.Id, BodyPart.Result, result, cancellationToken) is { } bytes ? Inline(bytes) ?? LinkTo(job, result) : null;
    }

    // Null for what cannot stand in a JSON of our own, such as a text with half a surrogate pair: such a result is read by its link.
    private static JsonElement? Inline(byte[] bytes)
    {
        try
        {
            using var result = JsonDocument.Parse(bytes);
            return JsonElement.Parse(JsonSerializer.SerializeToUtf8Bytes(result, JobsJson.Default.JsonDocument));
        }
        catch (Exception unclean) when (unclean is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonElement LinkTo(JobState job, BodyRef result) =>
        JsonSerializer.SerializeToElement(new ResultLink($"/v1/jobs/{job.Id}/result", result.Bytes, result.ContentType), JobsJson.Default.ResultLink);

    private Dictionary<string, string> LinksOf(JobState job)
    {
        var self = Link(job.Id);
        var links = new Dictionary<string, string> { ["self"] = self, ["events"] = $"{self}/events", ["explain"] = $"{self}/explain" };
        if (!job.Status.IsTerminal) links["cancel"] = $"{self}/cancel";
        if (job.Result is not null) links["result"] = $"{self}/result";
        if (job.FileId is not null) links["file"] = Absolute($"/v1/files/retrieve?file_id={job.Id}");
        return links;
    }

    private string Absolute(string path) => options.PublicLink(path) ?? path;
}
