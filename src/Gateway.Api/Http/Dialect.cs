namespace Gateway.Api.Http;

/// <summary>How a surface says that something went wrong. One per surface, put on its routes as metadata.</summary>
internal abstract class Dialect
{
    /// <summary>The dialect of a request's route.</summary>
    public static Dialect Of(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<Dialect>() ?? ProblemDialect.Instance;

    /// <summary>The error as an answer that can be kept.</summary>
    public abstract FinishedAnswer Answer(ApiError error);

    /// <summary>The error within an event stream: the data of its frame.</summary>
    public virtual ReadOnlyMemory<byte> Frame(ApiError error) => Answer(error).Body;

    public virtual IResult Render(ApiError error) => Answer(error).ToResult();

    /// <summary>Writes an error whose answer has not begun.</summary>
    public Task WriteAsync(HttpContext context, ApiError error)
    {
        if (error.Status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        if (error.RetryAfter is { } wait) context.Response.Headers.RetryAfter = Seconds(wait);
        return Render(error).ExecuteAsync(context);
    }

    // Whole seconds, at least one: 0 would invite a busy loop.
    private static string Seconds(TimeSpan wait) =>
        Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
