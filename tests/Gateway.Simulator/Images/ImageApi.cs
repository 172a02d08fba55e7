using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Simulator;

internal sealed class ImageApi(Behaviour behaviour, Admission admission, MediaShelf shelf)
{
    private const int LongestPrompt = 1500;
    private const int MostImages = 9;

    private static readonly string[] Ratios = ["1:1", "16:9", "4:3", "3:2", "2:3", "3:4", "9:16", "21:9"];

    public Reply Generate(Exchange exchange)
    {
        if (Fault(exchange, behaviour.Media.ReadsLeniently) is { } fault)
        {
            return Refusals.Invalid(exchange, fault);
        }

        return admission.Refuse(exchange, exchange.Account!, exchange.Model) ?? Answer(exchange, exchange.Json!.Value);
    }

    private Reply.Document Answer(Exchange exchange, JsonElement request)
    {
        MediaSettings settings = behaviour.Media;
        int asked = (int)((settings.ReadsLeniently ? request.Number("n", MostImages) : request.Number("n")) ?? 1);
        int dropped = Math.Min(settings.DroppedImages, asked);
        bool inline = request.Text("response_format") == "base64";
        JsonArray images = [];
        for (int i = 1; i <= asked - dropped; i++)
        {
            var image = new MediaFile("jpeg", $"image {i} of: {request.Text("prompt")}", settings.ImageBytes);
            images.Add(inline ? Convert.ToBase64String(image.Content()) : shelf.Publish(exchange.Origin, image));
        }

        return new Reply.Document(new JsonObject
        {
            ["id"] = exchange.TraceId,
            ["data"] = new JsonObject { [inline ? "image_base64" : "image_urls"] = images },
            ["metadata"] = new JsonObject { ["success_count"] = $"{asked - dropped}", ["failed_count"] = $"{dropped}" },
            ["base_resp"] = Json.BaseResp(0, "success"),
        })
        {
            FirstByte = settings.ImageLatency,
        };
    }

    private static string? Fault(Exchange exchange, bool readsLeniently) => exchange.Json switch
    {
        null => "the body is not a JSON object",
        _ when exchange.Model is not ("image-01" or "image-01-live") => "invalid model",
        { } request when request.Text("prompt") is not { Length: <= LongestPrompt } => "prompt is empty or longer than 1500 characters",
        { } request when !readsLeniently && request.Has("n") && request.Number("n") is not (>= 1 and <= MostImages) =>
            "n must be from 1 to 9",
        { } request when request.Text("aspect_ratio") is { } ratio && !Ratios.Contains(ratio) => "invalid aspect_ratio",
        { } request when request.Text("response_format") is not (null or "url" or "base64") => "invalid response_format",
        { } request when !SizeFits(request, "width") || !SizeFits(request, "height") =>
            "width and height must be multiples of 8 from 512 to 2048",
        _ => null,
    };

    private static bool SizeFits(JsonElement request, string side) =>
        !request.Has(side) || (request.Number(side) is >= 512 and <= 2048 and var length && length % 8 == 0);
}
