using System.Security.Cryptography;
using System.Text;

namespace Gateway.Simulator;

/// <summary>Signed links to videos. They work for an hour; ask again for a new one.</summary>
internal sealed class DownloadLinks(int seed, TimeProvider clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    public string Issue(HttpRequest request, long fileId)
    {
        long expires = (clock.GetUtcNow() + Life).ToUnixTimeSeconds();
        return $"{request.Scheme}://{request.Host}/_files/{fileId}.mp4?Expires={expires}&Signature={Sign(fileId, expires)}";
    }

    public bool IsValid(long fileId, string expires, string signature) =>
        long.TryParse(expires, out long until)
        && signature == Sign(fileId, until)
        && clock.GetUtcNow().ToUnixTimeSeconds() < until;

    private string Sign(long fileId, long expires) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{seed}/{fileId}/{expires}")))[..32];
}
