using Gateway.Model.Native;

namespace Gateway.Silo.Content;

/// <summary>The assets of a job as its upstream names them today.</summary>
/// <param name="Assets">Null when it could not be learned.</param>
/// <param name="IsGone">The upstream keeps them no more.</param>
internal sealed record JobLinks(IReadOnlyList<ContentSource>? Assets, bool IsGone);
