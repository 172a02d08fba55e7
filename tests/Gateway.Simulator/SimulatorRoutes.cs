namespace Gateway.Simulator;

/// <summary>The platform's paths, and what stands behind each.</summary>
internal sealed class SimulatorRoutes(
    ExchangePipeline pipeline, ChatApi chat, VideoApi video, FilesApi files, CatalogApi catalog, ControlApi control)
{
    public void Map(WebApplication app)
    {
        app.MapPost("/v1/text/chatcompletion_v2", pipeline.For(Operation.Chat, chat.Complete));
        app.MapPost("/v1/video_generation", pipeline.For(Operation.VideoSubmit, video.Submit));
        app.MapGet("/v1/query/video_generation", pipeline.For(Operation.VideoQuery, video.Query));
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
