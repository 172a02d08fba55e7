namespace Gateway.Api.Surfaces.MiniMax.Affinity;

internal enum AssetRefKind
{
    File,
    Voice,
    Cover,
    Task,
}
