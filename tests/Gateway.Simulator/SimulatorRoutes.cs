namespace Gateway.Simulator;

/// <summary>The platform's paths, and what stands behind each.</summary>
internal sealed class SimulatorRoutes(
    ExchangePipeline pipeline,
    ChatApi chat,
    CompletionsApi completions,
    MessagesApi messages,
    ImageApi images,
    SpeechApi speech,
    MusicApi music,
    VoiceApi voices,
    SpeechTasksApi speechTasks,
    VideoApi video,
    VideoV2Api videoV2,
    TemplateApi templates,
    FilesApi files,
    CatalogApi catalog,
    ControlApi control)
{
    public void Map(WebApplication app)
    {
        app.MapPost("/v1/text/chatcompletion_v2", pipeline.For(Operation.Chat, chat.Complete));
        app.MapPost("/v1/chat/completions", pipeline.For(Operation.ChatCompletions, completions.Complete));
        app.MapPost("/anthropic/v1/messages", pipeline.For(Operation.Messages, messages.Create));
        app.MapPost("/v1/image_generation", pipeline.For(Operation.Image, images.Generate));
        app.MapPost("/v1/t2a_v2", pipeline.For(Operation.Speech, speech.Speak));
        app.MapPost("/v1/music_generation", pipeline.For(Operation.Music, music.Generate));
        app.MapPost("/v1/music_cover_preprocess", pipeline.For(Operation.CoverPreprocess, music.Preprocess));
        app.MapPost("/v1/lyrics_generation", pipeline.For(Operation.Lyrics, music.Lyrics));
        app.MapPost("/v1/video_generation", pipeline.ForAsync(Operation.VideoSubmit, video.SubmitAsync));
        app.MapGet("/v1/query/video_generation", pipeline.For(Operation.VideoQuery, video.Query));
        app.MapPost("/v2/video_generation", pipeline.ForAsync(Operation.VideoV2Submit, videoV2.SubmitAsync));
        app.MapPost("/v2/h3_context_ir", pipeline.ForAsync(Operation.VideoContextSubmit, videoV2.PrepareContextAsync));
        app.MapPost("/v2/video_regeneration", pipeline.ForAsync(Operation.VideoRegenerationSubmit, videoV2.RegenerateAsync));
        app.MapGet("/v2/query/video_generation/{task_id}", pipeline.For(Operation.VideoV2Query, videoV2.Query));
        app.MapGet("/v2/query/video_generation", pipeline.For(Operation.VideoV2List, videoV2.List));
        app.MapDelete("/v2/video_generation/{task_id}", pipeline.For(Operation.VideoV2Delete, videoV2.Delete));
        app.MapPost("/v1/video_template_generation", pipeline.ForAsync(Operation.TemplateSubmit, templates.SubmitAsync));
        app.MapGet("/v1/query/video_template_generation", pipeline.For(Operation.TemplateQuery, templates.Query));
        app.MapPost("/v1/t2a_async_v2", pipeline.For(Operation.SpeechTaskSubmit, speechTasks.Submit));
        app.MapGet("/v1/query/t2a_async_query_v2", pipeline.For(Operation.SpeechTaskQuery, speechTasks.Query));
        app.MapPost("/v1/voice_clone", pipeline.For(Operation.VoiceClone, voices.Clone));
        app.MapPost("/v1/voice_design", pipeline.For(Operation.VoiceDesign, voices.Design));
        app.MapPost("/v1/get_voice", pipeline.For(Operation.VoiceList, voices.List));
        app.MapPost("/v1/delete_voice", pipeline.For(Operation.VoiceDelete, voices.Delete));
        app.MapPost("/v1/files/upload", pipeline.ForAsync(Operation.FileUpload, files.UploadAsync));
        app.MapGet("/v1/files/list", pipeline.For(Operation.FileList, files.List));
        app.MapGet("/v1/files/retrieve_content", pipeline.For(Operation.FileContent, files.Content));
        app.MapPost("/v1/files/delete", pipeline.For(Operation.FileDelete, files.Delete));
        app.MapGet("/v1/files/retrieve", pipeline.For(Operation.FileRetrieve, files.Retrieve));
        app.MapGet("/_files/{file}", pipeline.For(Operation.FileDownload, files.Download));
        app.MapGet("/v1/models", pipeline.For(Operation.Models, catalog.Models));
        app.MapGet("/v1/token_plan/remains", pipeline.For(Operation.Remains, catalog.Remains));
        app.MapGet("/v1/api/openplatform/coding_plan/remains", pipeline.For(Operation.Remains, catalog.Remains));
        app.MapGet("/anthropic/v1/models", pipeline.For(Operation.Models, catalog.AnthropicModels));
        app.MapGet("/account/query_balance", pipeline.For(Operation.Balance, catalog.Balance));
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
