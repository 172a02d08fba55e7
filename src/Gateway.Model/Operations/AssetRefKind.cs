namespace Gateway.Model.Operations;

/// <summary>What a body may name that lives on one account.</summary>
internal enum AssetRefKind
{
    File,
    Voice,
    Cover,
    Task,
}
