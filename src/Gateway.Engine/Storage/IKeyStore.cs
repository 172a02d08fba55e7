namespace Gateway.Engine.Storage;

/// <summary>Where sealed secrets lie, for whoever changes the key they are sealed with.</summary>
internal interface IKeyStore
{
    /// <summary>Seals every secret anew and writes settings, in one transaction: all of it, or nothing.</summary>
    /// <param name="reseal">From the old key to the new one.</param>
    /// <param name="settings">What else changes with the key.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many secrets there were.</returns>
    Task<int> ResealAsync(Func<string, string> reseal, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken);
}
