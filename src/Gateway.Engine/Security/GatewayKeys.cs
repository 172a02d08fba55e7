using System.Security.Cryptography;
using System.Text;
using Gateway.Model.Ids;

namespace Gateway.Engine.Security;

/// <summary>
/// The keys of this installation, derived from one master key: the key that hashes tokens is not the key that encrypts
/// secrets (S1). Never logged; <see cref="ToString"/> says nothing.
/// </summary>
internal sealed class GatewayKeys
{
    /// <summary>Bytes of <c>Gateway:EncryptionKey</c>.</summary>
    public const int MasterLength = 32;

    private readonly byte[] _encryption;
    private readonly byte[] _hashing;
    private readonly byte[] _callbacks;

    private GatewayKeys(byte[] master)
    {
        _encryption = Derive(master, "gateway/secrets/v1");
        _hashing = Derive(master, "gateway/tokens/v1");
        _callbacks = Derive(master, "gateway/callbacks/v1");
        Check = Convert.ToHexString(HMACSHA256.HashData(Derive(master, "gateway/check/v1"), "check"u8)).ToLowerInvariant();
    }

    private GatewayKeys(GatewayKeys keys, byte[] lasting)
    {
        (_encryption, Check) = (keys._encryption, keys.Check);
        (_hashing, _callbacks) = (lasting[..MasterLength], lasting[MasterLength..]);
    }

    /// <summary>Tells one master key from another without telling either; stored beside the data (S1).</summary>
    public string Check { get; }

    public static GatewayKeys From(byte[] master) => new(master);

    /// <summary>Reads base64 of 32 bytes; null when it is anything else.</summary>
    public static GatewayKeys? TryParse(string base64)
    {
        var master = new byte[MasterLength];
        return Convert.TryFromBase64String(base64.Trim(), master, out var length) && length == MasterLength
            ? new GatewayKeys(master)
            : null;
    }

    /// <summary>
    /// The keys behind what others hold (tokens, callback addresses), for the successor of this master key: they must outlive it, or
    /// every token would be void.
    /// </summary>
    public string SealLastingFor(GatewayKeys successor) => successor.Seal(Convert.ToBase64String([.. _hashing, .. _callbacks]));

    /// <summary>These keys with the lasting ones of a predecessor.</summary>
    public GatewayKeys WithLasting(string sealedLasting) => new(this, Convert.FromBase64String(Open(sealedLasting)));

    /// <summary>Encrypts with AES-256-GCM: nonce, tag, ciphertext, in base64.</summary>
    public string Seal(string secret)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var sealedBytes = new byte[NonceLength + TagLength + plain.Length];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceLength));
        using var aes = new AesGcm(_encryption, TagLength);
        aes.Encrypt(
            sealedBytes.AsSpan(0, NonceLength), plain, sealedBytes.AsSpan(NonceLength + TagLength),
            sealedBytes.AsSpan(NonceLength, TagLength));
        return Convert.ToBase64String(sealedBytes);
    }

    /// <summary>Decrypts what <see cref="Seal"/> made.</summary>
    /// <exception cref="CryptographicException">It was sealed with another key, or changed.</exception>
    public string Open(string sealedSecret)
    {
        var bytes = Convert.FromBase64String(sealedSecret);
        var plain = new byte[bytes.Length - NonceLength - TagLength];
        using var aes = new AesGcm(_encryption, TagLength);
        aes.Decrypt(bytes.AsSpan(0, NonceLength), bytes.AsSpan(NonceLength + TagLength), bytes.AsSpan(NonceLength, TagLength), plain);
        return Encoding.UTF8.GetString(plain);
    }

    /// <summary>The keyed hash a token is stored and found by.</summary>
    public string Hash(string token) =>
        Convert.ToHexString(HMACSHA256.HashData(_hashing, Encoding.UTF8.GetBytes(token))).ToLowerInvariant();

    /// <summary>
    /// The keyed hash by which two accounts with the same credential are found out. Not that of <see cref="Hash"/>: what one table tells
    /// must not open another.
    /// </summary>
    public string HashOfCredential(string secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_hashing, Encoding.UTF8.GetBytes("credential\n" + secret)));

    /// <summary>Decimal digits derived from a key's keyed hash: the id of a platform account whose id was not given.</summary>
    public string Digits(string text)
    {
        var hash = HMACSHA256.HashData(_hashing, Encoding.UTF8.GetBytes("account\n" + text));
        // 18 digits, the first never 0: the look of MiniMax's own ids.
        return (
            100_000_000_000_000_000UL + (
                BitConverter.ToUInt64(hash) % 900_000_000_000_000_000UL)).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The part of a job's callback address that nobody can guess to whom we did not give it.</summary>
    public string CallbackToken(JobId job)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_callbacks, Encoding.ASCII.GetBytes(job.ToString()), hash);
        return $"{job}-{Convert.ToHexStringLower(hash[..CallbackHashLength])}";
    }

    /// <summary>The job a callback token was made for; null for any other text.</summary>
    public JobId? ReadCallbackToken(string token)
    {
        if (!JobId.TryParse(token.Split('-', 2)[0], out var job)) return null;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(CallbackToken(job)), Encoding.UTF8.GetBytes(token))
            ? job
            : null;
    }

    public override string ToString() => nameof(GatewayKeys);

    private const int CallbackHashLength = 16;

    private const int NonceLength = 12;
    private const int TagLength = 16;

    private static byte[] Derive(byte[] master, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, MasterLength, salt: null, Encoding.ASCII.GetBytes(purpose));
}
