namespace Gateway.Simulator;

/// <summary>The platform's paths, and what stands behind each.</summary>
internal sealed class SimulatorRoutes(
    ExchangePipeline pipeline,
    ChatApi chat,
    ImageApi images,
    SpeechApi speech,
    MusicApi music,
    VideoApi video,
    FilesApi files,
    CatalogApi catalog,
    ControlApi control)
{
    public void Map(WebApplication app)
    {
        app.MapPost("/v1/text/chatcompletion_v2", pipeline.For(Operation.Chat, chat.Complete));
        app.MapPost("/v1/image_generation", pipeline.For(Operation.Image, images.Generate));
        app.MapPost("/v1/t2a_v2", pipeline.For(Operation.Speech, speech.Speak));
        app.MapPost("/v1/music_generation", pipeline.For(Operation.Music, music.Generate));
        app.MapPost("/v1/music_cover_preprocess", pipeline.For(Operation.CoverPreprocess, music.Preprocess));
        app.MapPost("/v1/lyrics_generation", pipeline.For(Operation.Lyrics, music.Lyrics));
        app.MapPost("/v1/video_generation", pipeline.For(Operation.VideoSubmit, video.Submit));
        app.MapGet("/v1/query/video_generation", pipeline.For(Operation.VideoQuery, video.Query));
        app.MapPost("/v1/files/upload", pipeline.ForAsync(Operation.FileUpload, files.UploadAsync));
        app.MapGet("/v1/files/list", pipeline.For(Operation.FileList, files.List));
        app.MapGet("/v1/files/retrieve_content", pipeline.For(Operation.FileContent, files.Content));
        app.MapPost("/v1/files/delete", pipeline.For(Operation.FileDelete, files.Delete));
        app.MapGet("/v1/files/retrieve", pipeline.For(Operation.FileRetrieve, files.Retrieve));
        app.MapGet("/_files/{file}", pipeline.For(Operation.FileDownload, files.Download));
        app.MapGet("/v1/models", pipeline.For(Operation.Models, catalog.Models));
        app.MapGet("/v1/token_plan/remains", pipeline.For(Operation.Remains, catalog.Remains));
        control.Map(app);
        app.Map("/{**path}", NotFoundAsync);
    }

    private static Task NotFoundAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        http.Response.ContentType = "text/plain";
        return http.Response.WriteAsync("404 page not found", http.RequestAborted);
    }
}
