using System.Security.Cryptography;
using System.Text;

namespace Gateway.Simulator;

/// <summary>Signed links to files. They work for a while; ask again for a new one.</summary>
internal sealed class DownloadLinks(int seed, TimeProvider clock)
{
    public static readonly TimeSpan FileLife = TimeSpan.FromHours(1);

    public string Issue(string origin, long fileId, string extension, TimeSpan life)
    {
        long expires = (clock.GetUtcNow() + life).ToUnixTimeSeconds();
        return $"{origin}/_files/{fileId}.{extension}?Expires={expires}&Signature={Sign(fileId, expires)}";
    }

    public bool IsValid(long fileId, string expires, string signature) =>
        long.TryParse(expires, out long until)
        && signature == Sign(fileId, until)
        && clock.GetUtcNow().ToUnixTimeSeconds() < until;

    private string Sign(long fileId, long expires) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{seed}/{fileId}/{expires}")))[..32];
}
