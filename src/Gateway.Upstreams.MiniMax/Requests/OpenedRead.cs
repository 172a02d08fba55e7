namespace Gateway.Upstreams.MiniMax.Requests;

/// <summary>A long answer: its content, to be read as it comes, or what was said instead.</summary>
internal sealed record OpenedRead(OpenedContent? Content, ReadAnswer? Instead);
