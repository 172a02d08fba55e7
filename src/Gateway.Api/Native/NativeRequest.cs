using Gateway.Api.Http;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;
using Gateway.Silo.Outbound;

namespace Gateway.Api.Native;

/// <summary>What routing needs to know of a body in the native format; all else passes through as it came.</summary>
/// <param name="Work">What it needs of an account.</param>
/// <param name="Stream">Whether the caller wants a stream.</param>
/// <param name="Callback">The <c>callback_url</c>, of an operation that has one.</param>
internal sealed record NativeRequest(Work Work, bool Stream, Uri? Callback)
{
    private static readonly string ModelRule = $"must be a string of 1 to {Work.MaxModelLength} characters";

    /// <summary>It may name something that lives on one account: only then is the body walked once more to find it.</summary>
    public bool MayNameAssets { get; init; } = true;

    /// <summary>Reads the body of one operation.</summary>
    /// <param name="kind">What is made.</param>
    /// <param name="operation">By which of the kind's operations; null to tell by the body, on the gateway's own paths.</param>
    /// <param name="body">The body.</param>
    /// <param name="prefix">Where it stands in the caller's request, for error messages.</param>
    /// <param name="cancellationToken">Ends the reading of a long body.</param>
    public static NativeRequest Read(
        JobKind kind, WorkOperation? operation, byte[] body, string prefix = "", CancellationToken cancellationToken = default)
    {
        var fields = DecisiveFields.Read(body, prefix, cancellationToken);
        var row = operation is { } which ? OperationTable.Of(kind, which) : OperationTable.Told(kind, fields.Has);
        var model = fields.Text("model", Work.MaxModelLength);
        if (model is null && row.NeedsModel) throw new ApiException(ApiError.Field(prefix + "model", ModelRule));
        var work = new Work(kind, model, Units: NativeUnits.Of(row, fields, model), Operation: row.Which);
        return new NativeRequest(
            work, fields.Flag("stream"), kind == JobKind.Video && fields.Has("callback_url") ? CallbackOf(fields, prefix) : null)
        {
            MayNameAssets = AssetRefs.MayBeIn(row, fields),
        };
    }

    // Only its form: where it leads is judged when it is called.
    private static Uri CallbackOf(DecisiveFields fields, string prefix) =>
        fields.TextOrNothing("callback_url") is { } text && OutboundUrl.TryParse(text, out var url)
            ? url
            : throw new ApiException(NativeErrors.Callback(prefix + "callback_url", OutboundUrl.Rule));
}
