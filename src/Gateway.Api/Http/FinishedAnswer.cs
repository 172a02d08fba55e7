namespace Gateway.Api.Http;

/// <summary>A finished answer that can be kept and given again.</summary>
internal sealed record FinishedAnswer(int Status, string ContentType, ReadOnlyMemory<byte> Body, string? Location = null)
{
    /// <summary>
    /// The body that is kept and given again, where it is another one: who sends a key again may see less than who sent it first.
    /// </summary>
    public byte[]? KeptBody { get; init; }

    public IResult ToResult() => new Sent(this);

    private sealed class Sent(FinishedAnswer answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = answer.Status;
            httpContext.Response.ContentType = answer.ContentType;
            httpContext.Response.ContentLength = answer.Body.Length;
            if (answer.Location is { } location) httpContext.Response.Headers.Location = location;
            await httpContext.Response.Body.WriteAsync(answer.Body, httpContext.RequestAborted);
        }
    }
}
