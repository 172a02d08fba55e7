namespace Gateway.Silo.Queueing;

/// <summary>Where a job stands.</summary>
/// <param name="Position">1 is next; null when it does not wait in line.</param>
/// <param name="Eta">Until it has probably finished; null when nothing was measured, or nothing can be said.</param>
internal readonly record struct Place(int? Position, TimeSpan? Eta);
