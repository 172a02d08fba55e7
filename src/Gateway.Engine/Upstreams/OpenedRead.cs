namespace Gateway.Engine.Upstreams;

/// <summary>A file: its content, to be read as it comes, or what was said instead.</summary>
internal sealed record OpenedRead(IFileContent? Content, ReadAnswer? Instead);
