using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gateway.Simulator;

internal sealed partial class VoiceApi(
    Behaviour behaviour, Admission admission, VoiceShelf voices, FileShelf files, MediaShelf media)
{
    private const string Cloned = "voice_cloning";
    private const string Designed = "voice_generation";

    public Reply Clone(Exchange exchange)
    {
        if (CloneFault(exchange) is { } fault)
        {
            return Refusals.Invalid(exchange, fault);
        }

        if (!exchange.Account!.Settings.MayCloneVoices)
        {
            return Refusals.For(exchange, 2038, "no voice clone permission, please complete the account verification");
        }

        return admission.Refuse(exchange, exchange.Account!, exchange.Model) ?? Cloning(exchange, exchange.Json!.Value);
    }

    public Reply Design(Exchange exchange)
    {
        if (exchange.Json is not { } request
            || request.Text("prompt") is null
            || request.Text("preview_text") is not { Length: <= 500 }
            || !IdFits(request))
        {
            return Refusals.Invalid(exchange, "prompt, preview_text or voice_id is invalid");
        }

        return admission.Refuse(exchange, exchange.Account!, exchange.Model) ?? Designing(exchange, request);
    }

    public Reply List(Exchange exchange)
    {
        string type = exchange.Json?.Text("voice_type") ?? "";
        if (type is not ("system" or Cloned or Designed or "all"))
        {
            return Refusals.Invalid(exchange, "invalid voice_type");
        }

        return new Reply.Document(new JsonObject
        {
            ["system_voice"] = type is "system" or "all" ? SystemVoices.Describe() : [],
            [Cloned] = type is Cloned or "all" ? Listed(exchange.Key, Cloned) : [],
            [Designed] = type is Designed or "all" ? Listed(exchange.Key, Designed) : [],
            ["base_resp"] = Json.BaseResp(0, "success"),
        });
    }

    public Reply Delete(Exchange exchange)
    {
        if (voices.Find(exchange.Json?.Text("voice_id") ?? "") is not { } voice
            || voice.Key != exchange.Key
            || voice.Type != exchange.Json?.Text("voice_type"))
        {
            return Refusals.Invalid(exchange, "invalid voice_id");
        }

        voices.Remove(voice);
        return new Reply.Document(new JsonObject
        {
            ["voice_id"] = voice.Id,
            ["created_time"] = voice.CreatedOn,
            ["base_resp"] = Json.BaseResp(0, "success"),
        });
    }

    private Reply Cloning(Exchange exchange, JsonElement request)
    {
        string id = request.Text("voice_id")!;
        if (!voices.TryAdd(id, exchange.Key, Cloned, ""))
        {
            return Refusals.For(exchange, 2039, "voice_id duplicate");
        }

        string demo = request.Text("text") is { } text
            ? media.Publish(exchange.Origin, new MediaFile("mp3", text, behaviour.Media.AudioBytes))
            : "";
        return new Reply.Document(new JsonObject
        {
            ["input_sensitive"] = new JsonObject { ["type"] = 0 },
            ["demo_audio"] = demo,
            ["base_resp"] = Json.BaseResp(0, "success"),
        })
        {
            FirstByte = behaviour.Media.OtherLatency,
        };
    }

    private Reply Designing(Exchange exchange, JsonElement request)
    {
        string id = request.Text("voice_id") ?? $"ttv-voice-{exchange.TraceId}";
        if (!voices.TryAdd(id, exchange.Key, Designed, request.Text("prompt")!))
        {
            return Refusals.For(exchange, 2039, "voice_id duplicate");
        }

        byte[] trial = new MediaFile("mp3", request.Text("preview_text")!, behaviour.Media.AudioBytes).Content();
        return new Reply.Document(new JsonObject
        {
            ["voice_id"] = id,
            ["trial_audio"] = Convert.ToHexStringLower(trial),
            ["base_resp"] = Json.BaseResp(0, "success"),
        })
        {
            FirstByte = behaviour.Media.OtherLatency,
        };
    }

    private string? CloneFault(Exchange exchange) => exchange.Json switch
    {
        null => "the body is not a JSON object",
        { } request when !request.Has("voice_id") || !IdFits(request) => "invalid voice_id",
        { } request when !IsOwnFile(exchange, request.Number("file_id"), "voice_clone") => "invalid file_id",
        { } request when request.Inner("clone_prompt") is { } prompt
            && !IsOwnFile(exchange, prompt.Number("prompt_audio"), "prompt_audio") =>
            "invalid prompt_audio",
        { } request when request.Text("text") is { Length: > 1000 } => "text is longer than 1000 characters",
        { } request when request.Text("text") is not null && exchange.Model.Length == 0 => "model is empty",
        _ => null,
    };

    private bool IsOwnFile(Exchange exchange, long? fileId, string purpose) =>
        fileId is { } id && files.Find(id, exchange.Key)?.Purpose == purpose;

    private static bool IdFits(JsonElement request) =>
        !request.Has("voice_id") || (request.Text("voice_id") is { } id && VoiceId().IsMatch(id));

    private JsonArray Listed(string key, string type) =>
        [.. voices.Of(key, type).Select(static voice => voice.Describe())];

    // 8 to 256 characters, a letter first, neither a dash nor an underscore last.
    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{6,254}[A-Za-z0-9]$")]
    private static partial Regex VoiceId();
}
