namespace Gateway.Model.Jobs;

/// <summary>The answer a submit gave, kept to be given again.</summary>
internal sealed record StoredAnswer(int Status, string ContentType, byte[] Body, string? Location = null);
