using System.Security.Cryptography;
using Gateway.Engine.Storage;

namespace Gateway.Engine.Security;

/// <summary>Where the master key comes from, and the check that it is the data's own (S1).</summary>
internal static class KeyFile
{
    private const string CheckSetting = "key_check";
    private const string LastingSetting = "key_lasting";

    /// <summary>The configured key, or the key file of a SQLite data directory, made on first use with mode 600.</summary>
    public static GatewayKeys Load(string? configured, string? dataDirectory)
    {
        if (configured is not null)
            return GatewayKeys.TryParse(configured)
                ?? throw new GatewaySetupException(
                    "Gateway:EncryptionKey must be base64 of 32 bytes, for example the output of: openssl rand -base64 32");
        if (dataDirectory is null)
            throw new GatewaySetupException(
                "With PostgreSQL, Gateway:EncryptionKey must be set (base64 of 32 bytes, the same on every node); make one with: openssl " +
                    "rand -base64 32");

        var path = PathIn(dataDirectory);
        return GatewayKeys.TryParse(ReadOrCreate(path, dataDirectory))
            ?? throw new GatewaySetupException(
                $"The key file '{path}' does not hold base64 of 32 bytes; restore it from the backup of this data directory.");
    }

    /// <summary>Settles the key of fresh data, and refuses another key for data that has one. Answers the keys of this data.</summary>
    public static async Task<GatewayKeys> CheckAsync(GatewayKeys keys, IQueryStore queries, CancellationToken cancellationToken)
    {
        if (await queries.SettleAsync(CheckSetting, keys.Check, cancellationToken) != keys.Check)
            throw new GatewaySetupException(
                "The encryption key is not the one this data was written with. Set Gateway:EncryptionKey (or restore gateway.key) to the " +
                    "original key.");
        return await queries.SettingAsync(LastingSetting, cancellationToken) is { } lasting ? keys.WithLasting(lasting) : keys;
    }

    /// <summary>The settings of data whose secrets are sealed anew.</summary>
    public static IReadOnlyDictionary<string, string> SettingsFor(GatewayKeys before, GatewayKeys after) =>
        new Dictionary<string, string> { [CheckSetting] = after.Check, [LastingSetting] = before.SealLastingFor(after) };

    /// <summary>Puts another key in the place of the key file's, all at once.</summary>
    public static void Replace(string dataDirectory, string key)
    {
        var fresh = PathIn(dataDirectory) + ".new";
        File.Delete(fresh);
        Write(fresh, key);
        File.Move(fresh, PathIn(dataDirectory), overwrite: true);
    }

    /// <summary>What to tell the operator of a key file that others may read; null where there is none, or nobody else may.</summary>
    public static string? WarningOf(string dataDirectory) =>
        PathIn(dataDirectory) is var path && File.Exists(path) && PrivateFiles.IsWide(path)
        ? $"The key file '{path}' can be read by others than its owner: chmod 600 it, and where somebody may have read it, change the " +
            $"key (rotate-key)."
        : null;

    /// <summary>Where a data directory keeps its key.</summary>
    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, "gateway.key");

    private static string ReadOrCreate(string path, string dataDirectory)
    {
        try
        {
            if (!File.Exists(path)) Create(path, dataDirectory);
            return File.ReadAllText(path);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new GatewaySetupException($"The key file '{path}' cannot be read, or made: {denied.Message}", denied);
        }
    }

    // A data directory that lost its key must not get a new one: its secrets could never be read again (S1).
    private static void Create(string path, string dataDirectory)
    {
        if (File.Exists(Path.Combine(dataDirectory, "gateway.db")))
            throw new GatewaySetupException(
                $"The data directory '{dataDirectory}' has data but no gateway.key. Restore the key file, or set Gateway:EncryptionKey " +
                    $"to the original key.");

        Write(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(GatewayKeys.MasterLength)));
    }

    private static void Write(string path, string key)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(path, options);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(key));
        stream.Flush(flushToDisk: true);
    }
}
