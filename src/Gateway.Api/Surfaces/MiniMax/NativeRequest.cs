using Gateway.Api.Http;
using Gateway.Model.Kinds;
using Gateway.Silo.Outbound;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>What routing needs to know of a native body; all else passes through as it came.</summary>
/// <param name="Work">What it needs of an account.</param>
/// <param name="Stream">Whether the caller wants a stream.</param>
/// <param name="Callback">The <c>callback_url</c>, of an operation that has one.</param>
internal sealed record NativeRequest(Work Work, bool Stream, Uri? Callback)
{
    private static readonly string ModelRule = $"must be a string of 1 to {Work.MaxModelLength} characters";

    /// <summary>Reads the body of one operation.</summary>
    /// <param name="kind">What is made.</param>
    /// <param name="operation">By which of the kind's operations; null to tell by the body, on the gateway's own paths.</param>
    /// <param name="body">The body.</param>
    /// <param name="prefix">Where it stands in the caller's request, for error messages.</param>
    /// <param name="cancellationToken">Ends the reading of a long body.</param>
    public static NativeRequest Read(JobKind kind, WorkOperation? operation, byte[] body, string prefix = "", CancellationToken cancellationToken = default)
    {
        var fields = DecisiveFields.Read(body, prefix, cancellationToken);
        var which = operation ?? OperationOf(kind, fields);
        var model = fields.Text("model", Work.MaxModelLength);
        if (model is null && NeedsModel(which)) throw new ApiException(ApiError.Field(prefix + "model", ModelRule));
        var work = new Work(kind, model, Units: NativeUnits.Of(kind, which, fields, model), Operation: which);
        return new NativeRequest(work, fields.Flag("stream"), kind == JobKind.Video && fields.Has("callback_url") ? CallbackOf(fields, prefix) : null);
    }

    // Only its form: where it leads is judged when it is called.
    private static Uri CallbackOf(DecisiveFields fields, string prefix) =>
        fields.TextOrNothing("callback_url") is { } text && OutboundUrl.TryParse(text, out var url)
            ? url
            : throw new ApiException(NativeErrors.Callback(prefix + "callback_url", OutboundUrl.Rule));

    private static WorkOperation OperationOf(JobKind kind, DecisiveFields fields) => kind switch
    {
        JobKind.Video when fields.Has("template_id") => WorkOperation.VideoTemplate,
        JobKind.Video when fields.Has("content") => WorkOperation.VideoV2,
        JobKind.Speech when fields.Has("text_file_id") => WorkOperation.SpeechTask,
        _ => WorkOperation.Plain,
    };

    // A voice, a template or lyrics are made without naming one.
    private static bool NeedsModel(WorkOperation operation) => operation is WorkOperation.Plain or WorkOperation.SpeechTask or WorkOperation.VideoV2;
}
