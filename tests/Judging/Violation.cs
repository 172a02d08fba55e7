namespace Gateway.Testing.Judging;

/// <summary>A broken promise, in words.</summary>
internal sealed record Violation(Promise Promise, string What)
{
    public override string ToString() => $"{Promise}: {What}";
}
