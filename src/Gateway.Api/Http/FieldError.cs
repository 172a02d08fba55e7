namespace Gateway.Api.Http;

/// <summary>A field the caller got wrong, and the rule it broke.</summary>
internal sealed record FieldError(string Field, string Rule);
