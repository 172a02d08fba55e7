using System.Text.Json;

namespace Gateway.Simulator;

/// <summary>The part of a V2 submit that matters for its result.</summary>
internal sealed record VideoV2Input(string Model, string Prompt, string Resolution, long Duration, string Ratio, int Images, int Videos)
    : TaskInput(Model, Prompt)
{
    public const string Generation = "generation";
    public const string ContextIr = "h3_context_ir";
    public const string Regeneration = "regeneration";

    private const int LongestText = 7000;
    private const string FileScheme = "mm_file://";

    private static readonly string[] Ratios = ["adaptive", "21:9", "16:9", "4:3", "1:1", "3:4", "9:16"];
    private static readonly string[] FrameRoles = ["first_frame", "last_frame"];
    private static readonly string[] ReferenceRoles = ["reference_image", "reference_video", "reference_audio"];

    public string TaskType { get; init; } = Generation;

    public static VideoV2Input Read(JsonElement request, string model) => new(
        model,
        Texts(request).First(),
        request.Text("resolution") ?? "768P",
        request.Number("duration") ?? 5,
        request.Text("ratio") ?? "adaptive",
        Of(request, "image_url").Count(),
        Of(request, "video_url").Count());

    /// <summary>What is wrong with a submit; null when nothing is.</summary>
    public static string? Fault(JsonElement? body, string model)
    {
        if (body is not { } request)
        {
            return "the body is not a JSON object";
        }

        bool isMax = model == "MiniMax-H3-Max";
        string[] resolutions = isMax ? ["480P", "768P"] : ["768P", "2K"];
        return request switch
        {
            _ when model != "MiniMax-H3" && !isMax => "invalid model",
            _ when Texts(request).Count() != 1 => "content needs one text of at most 7000 characters",
            _ when request.Text("resolution") is { } resolution && !resolutions.Contains(resolution) => "invalid resolution",
            _ when request.Has("duration") && !(request.Number("duration") >= (isMax ? 5 : 4) && request.Number("duration") <= 15) =>
                "invalid duration",
            _ when request.Text("ratio") is { } ratio && !Ratios.Contains(ratio) => "invalid ratio",
            _ when IsTextOnly(request) && (request.Text("ratio") is null or "adaptive") => "ratio is needed",
            _ => ContentFault(request),
        };
    }

    /// <summary>The uploaded files a submit refers to; null stands for an id that is no number.</summary>
    public static IEnumerable<long?> Files(JsonElement request) =>
        request.Items("content").Select(Url).OfType<string>()
            .Where(static url => url.StartsWith(FileScheme, StringComparison.Ordinal))
            .Select(static url => long.TryParse(url[FileScheme.Length..], out long id) ? id : (long?)null);

    private static string? ContentFault(JsonElement request)
    {
        string[] roles = [.. request.Items("content").Select(static item => item.Text("role")).OfType<string>()];
        return request switch
        {
            _ when roles.Except([.. FrameRoles, .. ReferenceRoles]).Any() => "invalid role",
            _ when roles.Intersect(FrameRoles).Any() && roles.Intersect(ReferenceRoles).Any() => "frames and references exclude each other",
            _ when Of(request, "image_url").Count() > 9 => "more than 9 images",
            _ when Of(request, "video_url").Count() > 3 => "more than 3 videos",
            _ when Of(request, "audio_url").Count() > 3 => "more than 3 audios",
            _ when request.Items("content").Any(static item => item.Text("type") != "text" && Url(item) is null) => "url is empty",
            _ => null,
        };
    }

    private static bool IsTextOnly(JsonElement request) =>
        request.Items("content").All(static item => item.Text("type") == "text");

    private static IEnumerable<string> Texts(JsonElement request) =>
        Of(request, "text").Select(static item => item.Text("text")).OfType<string>().Where(static text => text.Length <= LongestText);

    private static IEnumerable<JsonElement> Of(JsonElement request, string type) =>
        request.Items("content").Where(item => item.Text("type") == type);

    private static string? Url(JsonElement item) =>
        item.Text("type") is { } type && item.Inner(type) is { } named ? named.Text("url") : null;
}
