namespace Gateway.Silo.Content;

/// <summary>The directory did not do what it was asked to; a full disk among the reasons.</summary>
internal sealed class ResultDirectoryException(Exception inner) : Exception(inner.Message, inner);
