namespace Gateway.Model.Answers;

/// <summary>Whether the failed request was billed (C3).</summary>
internal enum Billed
{
    No,
    Yes,
    Unknown,
}
