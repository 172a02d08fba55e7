using Gateway.Model.Ids;

namespace Gateway.Model.Jobs;

/// <summary>A key in use.</summary>
/// <param name="Key">The key.</param>
/// <param name="Fingerprint">Hash of what was submitted: another body under the same key is an error.</param>
/// <param name="Job">The job it made.</param>
/// <param name="ExpiresAt">When it may be forgotten.</param>
/// <param name="Answer">What the submit answered; null until it has.</param>
internal sealed record IdempotencyRecord(
    IdempotencyKey Key, string Fingerprint, JobId Job, DateTimeOffset ExpiresAt, StoredAnswer? Answer = null);
