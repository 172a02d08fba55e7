using System.Text.Json.Nodes;

namespace Gateway.Simulator;

internal sealed class FilesApi(FileShelf shelf, MediaShelf media, DownloadLinks links)
{
    public async Task<Reply> UploadAsync(Exchange exchange)
    {
        FileUpload upload = await FileUpload.ReadAsync(exchange);
        if (upload.Fault is { } fault)
        {
            return upload.NonConforming ? Refusals.Invalid(exchange, fault) with { Status = 400 } : Refusals.Invalid(exchange, fault);
        }

        PlatformFile file = shelf.Add(exchange.Key, upload.Purpose, upload.FileName, upload.Content);
        return new Reply.Document(new JsonObject { ["file"] = file.Describe(), ["base_resp"] = Json.BaseResp(0, "success") });
    }

    public Reply List(Exchange exchange)
    {
        string purpose = exchange.Query("purpose");
        JsonArray files = [.. shelf.Of(exchange.Key)
            .Where(file => purpose.Length == 0 || file.Purpose == purpose)
            .Select(static file => file.Describe())];
        return new Reply.Document(new JsonObject { ["files"] = files, ["base_resp"] = Json.BaseResp(0, "success") });
    }

    public Reply Retrieve(Exchange exchange)
    {
        if (Asked(exchange) is not { } file)
        {
            return Refusals.Invalid(exchange, "invalid file_id");
        }

        TimeSpan life = file.Purpose == "t2a_async" ? NativeTaskAnswers.SpeechLife : DownloadLinks.FileLife;
        JsonObject described = file.Describe();
        described["download_url"] = links.Issue(exchange.Origin, file.Id, file.Extension, life);
        return new Reply.Document(new JsonObject { ["file"] = described, ["base_resp"] = Json.BaseResp(0, "success") });
    }

    public Reply Content(Exchange exchange) =>
        Asked(exchange) is { } file
            ? new Reply.Raw(200, file.ContentType, file.Content()) { FromPlatform = true }
            : Refusals.Invalid(exchange, "invalid file_id");

    public Reply Delete(Exchange exchange)
    {
        if (exchange.Json?.Number("file_id") is not { } fileId
            || shelf.Find(fileId, exchange.Key) is not { } file
            || file.Purpose != exchange.Json?.Text("purpose"))
        {
            return Refusals.Invalid(exchange, "invalid file_id");
        }

        shelf.Delete(file);
        return new Reply.Document(new JsonObject { ["file_id"] = fileId, ["base_resp"] = Json.BaseResp(0, "success") });
    }

    public Reply Download(Exchange exchange)
    {
        string name = exchange.Request.RouteValues["file"]?.ToString() ?? "";
        bool valid = long.TryParse(Path.GetFileNameWithoutExtension(name), out long id)
            && links.IsValid(id, exchange.Query("Expires"), exchange.Query("Signature"));
        return (valid ? Linked(id) : null)
            ?? new Reply.Raw(
                403, "application/xml", "<Error><Code>AccessDenied</Code><Message>Request has expired.</Message></Error>"u8.ToArray());
    }

    private PlatformFile? Asked(Exchange exchange) =>
        long.TryParse(exchange.Query("file_id"), out long fileId) ? shelf.Find(fileId, exchange.Key) : null;

    private Reply.Raw? Linked(long id)
    {
        if (media.Find(id) is { } made)
        {
            return new Reply.Raw(200, made.ContentType, made.Content());
        }

        return shelf.Find(id) is { } file ? new Reply.Raw(200, file.ContentType, file.Content()) : null;
    }
}
