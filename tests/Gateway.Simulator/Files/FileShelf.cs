using System.Collections.Concurrent;

namespace Gateway.Simulator;

/// <summary>All files of the files API. A file of another key does not exist for whoever asks.</summary>
internal sealed class FileShelf(SimulatorOptions options, Behaviour behaviour, TaskBoard board, PlatformIds ids, TimeProvider clock)
{
    private static readonly TimeSpan VideoInputLife = TimeSpan.FromDays(7);

    private readonly ConcurrentDictionary<long, PlatformFile> _uploaded = new();
    private readonly ConcurrentDictionary<long, bool> _deleted = new();

    public PlatformFile Add(string key, string purpose, string name, byte[] content)
    {
        DateTimeOffset now = clock.GetUtcNow();
        var file = new PlatformFile(ids.NextFile(), key, purpose, name, content.Length, now)
        {
            Content = () => content,
            ExpiresAt = purpose == "video_generation_input" ? now + VideoInputLife : null,
        };
        return _uploaded[file.Id] = file;
    }

    public PlatformFile? Find(long id, string key) => Find(id) is { } file && file.Key == key ? file : null;

    public PlatformFile? Find(long id)
    {
        if (_deleted.ContainsKey(id))
        {
            return null;
        }

        return _uploaded.TryGetValue(id, out PlatformFile? file) ? Fresh(file) : ResultOf(board.FindByFile(id));
    }

    public IEnumerable<PlatformFile> Of(string key) =>
        _uploaded.Values.Where(file => file.Key == key).Select(Fresh)
            .Concat(board.Of(key).Where(static task => task.Kind is TaskKind.Video or TaskKind.Speech).Select(ResultOf))
            .OfType<PlatformFile>()
            .Where(file => !_deleted.ContainsKey(file.Id))
            .OrderBy(static file => file.Id);

    public void Delete(PlatformFile file)
    {
        _deleted[file.Id] = true;
        _uploaded.TryRemove(file.Id, out _);
    }

    private PlatformFile? Fresh(PlatformFile file) => file.ExpiresAt <= clock.GetUtcNow() ? null : file;

    private PlatformFile? ResultOf(PlatformTask? task)
    {
        if (task is null || !task.Succeeded(clock.GetUtcNow()))
        {
            return null;
        }

        MediaFile media = task.Kind == TaskKind.Speech
            ? new MediaFile("mp3", task.Input.Prompt, behaviour.Media.AudioBytes)
            : new MediaFile("mp4", $"task {task.TaskId}", options.FileBytes);
        string purpose = task.Kind == TaskKind.Speech ? "t2a_async" : "video_generation";
        return new PlatformFile(task.FileId, task.Key, purpose, $"output.{media.Format}", media.Content().Length, task.End!.At)
        {
            Content = media.Content,
        };
    }
}
