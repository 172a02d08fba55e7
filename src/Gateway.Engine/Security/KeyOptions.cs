namespace Gateway.Engine.Security;

/// <summary>What secrets in the database are sealed with (<c>Gateway</c>).</summary>
internal sealed class KeyOptions
{
    /// <summary>Base64 of 32 bytes; needed with PostgreSQL, the same on every node.</summary>
    /// <value>a key file, mode 600, in the data directory</value>
    public string? EncryptionKey { get; set; }

    /// <summary>Base64 of 32 bytes, which the command <c>rotate-key</c> seals with; nothing else reads it.</summary>
    public string? NewEncryptionKey { get; set; }
}
