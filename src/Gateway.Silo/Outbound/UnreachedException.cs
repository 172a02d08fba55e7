namespace Gateway.Silo.Outbound;

/// <summary>Nothing was connected to, and why.</summary>
internal sealed class UnreachedException(string why) : IOException(why);
