using System.Collections.Concurrent;

namespace Gateway.Simulator;

/// <summary>Results that have a link but no place in the files API: images, speech, music.</summary>
internal sealed class MediaShelf(DownloadLinks links, PlatformIds ids)
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<long, MediaFile> _files = new();

    public string Publish(string origin, MediaFile file)
    {
        long id = ids.NextFile();
        _files[id] = file;
        return links.Issue(origin, id, file.Format, Life);
    }

    public MediaFile? Find(long id) => _files.GetValueOrDefault(id);
}
