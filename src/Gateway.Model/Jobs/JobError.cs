using System.Text.Json.Serialization;

namespace Gateway.Model.Jobs;

/// <summary>Why a job failed, for its caller.</summary>
/// <param name="Code">Stable: <c>upstream_error</c>, <c>moderated</c>, <c>hard_end</c>, <c>account_deleted</c>, …</param>
/// <param name="Message">For people.</param>
/// <param name="UpstreamCode">The vendor's code, where there is one.</param>
internal sealed record JobError(string Code, string Message, int? UpstreamCode = null)
{
    /// <summary>
    /// What the upstream said, for admins alone, where it concerns the account; <see cref="Message"/> is then a general sentence.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AccountWords { get; init; }

    /// <summary>The vendor's code, unless it tells what concerns the account.</summary>
    [JsonIgnore]
    public int? ShownCode => AccountWords is null ? UpstreamCode : null;
}
