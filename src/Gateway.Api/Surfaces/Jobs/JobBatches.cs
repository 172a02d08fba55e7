using System.Text.Json;
using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Http;
using Gateway.Api.Submitting;
using Gateway.Engine.Bodies;
using Gateway.Model.Jobs;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>
/// Several submits in one request, each on its own: one that is refused does not touch the others. The batch's
/// <c>Idempotency-Key</c> stands for each item by its place, so a batch sent again completes what the first left out and makes
/// nothing twice.
/// </summary>
internal static class JobBatches
{
    public const int Most = 100;

    // Room for "/100" behind it.
    private const int LongestKey = IdempotencyKey.MaxLength - 4;

    public static async Task<IResult> SubmitAsync(
        HttpContext context, Caller caller, JobSubmits submits, Failures failures, BodyLimitOptions bodies,
        CancellationToken cancellationToken)
    {
        var headers = SubmitHeaders.Read(context.Request, caller) with { Wait = null };
        if (headers.Key is { Key.Length: > LongestKey })
            throw new ApiException(ApiError.Field("Idempotency-Key", $"must have at most {LongestKey} characters with a batch"));
        var jobs = Read(await context.Request.ReadBodyAsync(bodies.Own, cancellationToken));

        List<BatchItem> items = [];
        // One after the other: the jobs of a batch wait in its order.
        for (var place = 0; place < jobs.Count; place++)
        {
            var key = headers.Key is { } batch ? batch with { Key = $"{batch.Key}/{place}" } : null;
            items.Add(await SubmitAsync(context, caller, submits, failures, jobs[place], headers with { Key = key }, cancellationToken));
        }

        return Results.Json(new BatchView(items), BatchJson.Own.BatchView);
    }

    private static async Task<BatchItem> SubmitAsync(
        HttpContext context, Caller caller, JobSubmits submits, Failures failures, byte[] job, SubmitHeaders headers,
        CancellationToken cancellationToken)
    {
        try
        {
            var answer = await submits.SubmitAsync(context, caller, job, headers, cancellationToken);
            return new BatchItem(answer.Status, JsonElement.Parse(answer.Body.Span), null);
        }
        // Whatever it was, it was this one's: those before it are made, and a client without a key that lost their answers would pay for
        // them twice.
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            var error = failures.Explain(context, failure);
            return new BatchItem(error.Status, null, BatchError.Of(error));
        }
    }

    private static List<byte[]> Read(byte[] body)
    {
        return JsonObjectReader.Fields(body).Fold(
            (List<byte[]>?)null, Take,
            jobs => jobs is { Count: >= 1 and <= Most } ? [] : [new FieldError("jobs", $"must be a list of 1 to {Most} objects")])!;

        List<byte[]>? Take(List<byte[]>? jobs, JsonObjectReader.Field field) =>
            field.Name == "jobs"
                ? field.Objects(body)
                : throw new ApiException(ApiError.Field(field.Name, "is no field of a batch; the field is jobs"));
    }
}
