using Gateway.Model.Answers;

namespace Gateway.Api.Surfaces.Useapi;

/// <summary>What asking the upstream about a credential found (A2).</summary>
/// <param name="State">
/// <c>ok</c>: it is taken. <c>refused</c>: it is proven dead. <c>unreachable</c>: nobody could tell. <c>skipped</c>: nobody was asked.
/// </param>
/// <param name="Message">Why, where it is not simply ok.</param>
internal sealed record KeyFinding(string State, string? Message = null)
{
    /// <summary>What the account's health learns; null for nothing.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public UpstreamError? Refusal { get; init; }
}
