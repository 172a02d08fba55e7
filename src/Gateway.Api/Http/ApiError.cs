namespace Gateway.Api.Http;

/// <summary>What went wrong, before a surface puts it into its own words.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Message">For people; says what would help.</param>
/// <param name="Errors">The fields in question.</param>
/// <param name="RetryAfter">When asking again makes sense.</param>
internal sealed record ApiError(
    int Status, string Code, string Message, IReadOnlyList<FieldError>? Errors = null, TimeSpan? RetryAfter = null)
{
    /// <summary>MiniMax's own code, where this is what MiniMax itself would answer.</summary>
    public int? NativeCode { get; init; }

    /// <summary>The message with the fields named, for dialects that have one line for everything.</summary>
    public string OneLine =>
        Errors is not { Count: > 0 } errors
            ? Message
            : $"{Message} {string.Join("; ", errors.Select(error => $"{error.Field}: {error.Rule}"))}";

    public const string InvalidRequest = "invalid_request";

    /// <summary>The upstream cannot be asked now, or its account's credential failed: not the caller's business which.</summary>
    public static readonly ApiError UpstreamUnavailable = new(
        503, "upstream_unavailable", "The upstream did not answer usefully; try again.", RetryAfter: TimeSpan.FromSeconds(5));

    public static ApiError Field(string field, string rule) => Fields([new FieldError(field, rule)]);

    public static ApiError Fields(IReadOnlyList<FieldError> errors) => new(400, InvalidRequest, "The request is not valid.", errors);

    public static ApiError MalformedJson(string why) =>
        new(400, "malformed_json", $"The body is not valid JSON: {why}", [new FieldError("body", "must be one JSON object")]);

    public static ApiError NotBuilt(string field, string what) =>
        new(501, "not_implemented", $"{what} is not built yet.", [new FieldError(field, "must be left out for now")]);
}
