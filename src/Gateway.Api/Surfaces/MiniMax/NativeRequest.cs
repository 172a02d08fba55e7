using System.Text.Json;
using Gateway.Api.Http;
using Gateway.Grains.Jobs;
using Gateway.Grains.Upstreams;
using Gateway.Silo.Outbound;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>What routing needs to know of a native body; all else passes through as it came.</summary>
/// <param name="Work">What it needs of an account.</param>
/// <param name="Stream">Whether the caller wants a stream.</param>
/// <param name="Callback">The <c>callback_url</c>, of an operation that has one.</param>
internal sealed record NativeRequest(Work Work, bool Stream, Uri? Callback)
{
    /// <summary>The fields that decide where a request goes and what it may cost.</summary>
    private static readonly string[] Decisive = ["model", "n", "duration", "max_tokens", "max_completion_tokens", "text", "stream"];

    private static readonly string ModelRule = $"must be a string of 1 to {Work.MaxModelLength} characters";

    /// <summary>Reads the body of one operation.</summary>
    /// <param name="kind">What is made.</param>
    /// <param name="operation">By which of the kind's operations; null to tell by the body, on the gateway's own paths.</param>
    /// <param name="body">The body.</param>
    /// <param name="prefix">Where it stands in the caller's request, for error messages.</param>
    public static NativeRequest Read(JobKind kind, WorkOperation? operation, byte[] body, string prefix = "")
    {
        var fields = JsonObjectReader.Fields(body);
        RefuseDoubtful(fields, prefix);
        string? model = null;
        var stream = false;
        JsonObjectReader.Field? callback = null;
        foreach (var field in fields)
        {
            if (field.Name == "model" && field.Type != JsonTokenType.Null) model = (field with { Name = prefix + "model" }).Text(body, Work.MaxModelLength);
            else if (field.Name == "stream") stream = FlagOf(field, prefix);
            else if (field.Name.Equals("callback_url", StringComparison.OrdinalIgnoreCase) && field.Type != JsonTokenType.Null) callback = field;
        }

        var which = operation ?? OperationOf(kind, fields);
        if (model is null && NeedsModel(which)) throw new ApiException(ApiError.Field(prefix + "model", ModelRule));
        return new NativeRequest(new Work(kind, model, Units: NativeUnits.Of(kind, which, body, fields), Operation: which), stream, kind == JobKind.Video && callback is { } given ? CallbackOf(given, body, prefix) : null);
    }

    // Many readers ignore case and take the last of several: what is routed and paid for must be what the upstream reads.
    private static void RefuseDoubtful(List<JsonObjectReader.Field> fields, string prefix)
    {
        foreach (var name in Decisive)
        {
            var seen = 0;
            foreach (var field in fields)
            {
                if (!field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
                if (field.Name != name || ++seen > 1) throw new ApiException(ApiError.Field(prefix + field.Name, $"must be written '{name}', once"));
            }
        }
    }

    // What one reader takes for true another takes for false: the answer's shape must not depend on it.
    private static bool FlagOf(JsonObjectReader.Field field, string prefix) => field.Type switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False or JsonTokenType.Null => false,
        _ => throw new ApiException(ApiError.Field(prefix + field.Name, "must be true or false, without quotes")),
    };

    // Only its form: where it leads is judged when it is called.
    private static Uri CallbackOf(JsonObjectReader.Field field, byte[] body, string prefix) =>
        field.Type == JsonTokenType.String && new JsonScalar(field.Name, field.Type, field.Bytes).Text(body) is { } text && OutboundUrl.TryParse(text, out var url)
            ? url
            : throw new ApiException(NativeErrors.Callback(prefix + "callback_url", OutboundUrl.Rule));

    private static WorkOperation OperationOf(JobKind kind, List<JsonObjectReader.Field> fields) => kind switch
    {
        JobKind.Video when Has(fields, "template_id") => WorkOperation.VideoTemplate,
        JobKind.Video when Has(fields, "content") => WorkOperation.VideoV2,
        JobKind.Speech when Has(fields, "text_file_id") => WorkOperation.SpeechTask,
        _ => WorkOperation.Plain,
    };

    private static bool Has(List<JsonObjectReader.Field> fields, string name) => fields.Exists(field => field.Name == name);

    // A voice, a template or lyrics are made without naming one.
    private static bool NeedsModel(WorkOperation operation) => operation is WorkOperation.Plain or WorkOperation.SpeechTask or WorkOperation.VideoV2;
}
