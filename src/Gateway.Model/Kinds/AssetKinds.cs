namespace Gateway.Model.Kinds;

internal static class AssetKinds
{
    extension(AssetKind kind)
    {
        /// <summary>The name in the database.</summary>
        public string Name => kind switch
        {
            AssetKind.File => "file",
            AssetKind.Voice => "voice",
            AssetKind.Cover => "cover",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
