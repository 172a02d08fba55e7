using System.Text.Json.Nodes;

namespace Gateway.Simulator;

internal sealed class FilesApi(SimulatorOptions options, TaskBoard board, DownloadLinks links, TimeProvider clock)
{
    private readonly byte[] _video = Video(options.FileBytes);

    public Reply Retrieve(Exchange exchange)
    {
        if (!long.TryParse(exchange.Query("file_id"), out long fileId) || Owned(fileId, exchange.Key) is not { } task)
        {
            return Refusals.For(exchange, 2013, "invalid params, invalid file_id");
        }

        var file = new JsonObject
        {
            ["file_id"] = fileId,
            ["bytes"] = _video.Length,
            ["created_at"] = task.End!.At.ToUnixTimeSeconds(),
            ["filename"] = "output.mp4",
            ["purpose"] = "video_generation",
            ["download_url"] = links.Issue(exchange.Request, fileId),
        };
        return new Reply.Document(new JsonObject { ["file"] = file, ["base_resp"] = Json.BaseResp(0, "success") });
    }

    public Reply Download(Exchange exchange)
    {
        string name = exchange.Request.RouteValues["file"]?.ToString() ?? "";
        bool valid = long.TryParse(Path.GetFileNameWithoutExtension(name), out long fileId)
            && board.FindByFile(fileId) is not null
            && links.IsValid(fileId, exchange.Query("Expires"), exchange.Query("Signature"));
        return valid
            ? new Reply.Raw(200, "video/mp4", _video)
            : new Reply.Raw(403, "application/xml", "<Error><Code>AccessDenied</Code><Message>Request has expired.</Message></Error>"u8.ToArray());
    }

    private VideoTask? Owned(long fileId, string key) =>
        board.FindByFile(fileId) is { } task && task.Key == key && task.Succeeded(clock.GetUtcNow()) ? task : null;

    // The box that opens an MP4 file, then filler: enough for whoever sniffs the type.
    private static byte[] Video(int length)
    {
        ReadOnlySpan<byte> opening = [0, 0, 0, 0x18, .. "ftypisom"u8, 0, 0, 2, 0, .. "isommp42"u8];
        byte[] video = new byte[Math.Max(length, opening.Length)];
        opening.CopyTo(video);
        return video;
    }
}
