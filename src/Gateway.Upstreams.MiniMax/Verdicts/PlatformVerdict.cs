using System.Globalization;
using System.Text;
using Gateway.Model.Answers;

namespace Gateway.Upstreams.MiniMax.Verdicts;

/// <summary>
/// The one reader of what an answer means: whole answers, first frames, later frames and polls are all judged here. What is
/// not understood is never a success in silence.
/// </summary>
/// <param name="IsJson">The answer is JSON at all: an edge's page under a good status is no answer.</param>
/// <param name="Error">The error it carries; null when it carries none.</param>
internal readonly record struct PlatformVerdict(bool IsJson, UpstreamError? Error)
{
    private const int LongestLine = 200;

    /// <summary>The answer says in so many words that it is a success.</summary>
    public bool SaysSuccess { get; private init; }

    /// <summary>The chat's <c>choices</c>, of an answer that carries no error.</summary>
    public Presence Choices { get; private init; }

    /// <summary>The error an answer carries; null when it is a success, or no JSON of MiniMax's under a good status.</summary>
    public static UpstreamError? Of(int status, ReadOnlySpan<byte> body) => Read(status, body).Error;

    public static PlatformVerdict Read(int status, ReadOnlySpan<byte> body)
    {
        var fields = VerdictFields.Read(body);
        if (!fields.IsJson) return new PlatformVerdict(IsJson: false, IsGood(status) ? null : OfText(status, body));
        return new PlatformVerdict(IsJson: true, ErrorOf(status, fields, body))
        {
            Choices = fields.Choices,
            SaysSuccess = fields.StatusCode is 0,
        };
    }

    private static UpstreamError? ErrorOf(int status, in VerdictFields fields, ReadOnlySpan<byte> body)
    {
        if (fields.StatusCodeIs == Presence.Filled && fields.StatusCode is not 0) return OfBaseResp(status, fields);
        if (HasError(fields)) return OfEnvelope(status, fields);
        if (IsGood(status)) return null;
        return PlatformErrors.OfStatus(status, fields.Type, fields.Message is { } message ? Clip(message) : Quote(status, body));
    }

    private static UpstreamError OfBaseResp(int status, in VerdictFields fields)
    {
        var message = Clip(fields.StatusMessage ?? "");
        return fields.StatusCode is { } code and > int.MinValue and < int.MaxValue
            ? PlatformErrors.OfCode((int)code, message, status)
            : PlatformErrors.Unknown(status, message);
    }

    // An error object, or one that stands in the frame itself, or is told by its type alone.
    private static bool HasError(in VerdictFields fields) =>
        (fields.ErrorIs == Presence.Filled && VerdictFields.Number(fields.ErrorCode) is not 0) ||
        fields.Type is "error" ||
        (fields.Type is { } type && type.EndsWith("_error", StringComparison.Ordinal));

    private static UpstreamError OfEnvelope(int status, in VerdictFields fields)
    {
        var type = fields.ErrorType ?? (fields.Type is "error" ? null : fields.Type);
        var message = Clip(fields.ErrorMessage ?? fields.Message ?? type ?? "error");
        if (PlatformErrors.CodeIn(message) is { } told) return PlatformErrors.OfCode(told, message, status);
        if (VerdictFields.Number(fields.ErrorCode ?? fields.Code) is { } code and >= 1000 and <= int.MaxValue)
            return PlatformErrors.OfCode((int)code, message, status);
        return PlatformErrors.OfStatus(StatusOf(status, fields), type, message);
    }

    // Under a good status the envelope says which one is meant; one that says nothing is a failure nobody has a name for.
    private static int StatusOf(int status, in VerdictFields fields)
    {
        if (!IsGood(status)) return status;
        return VerdictFields.Number(fields.HttpCode ?? fields.ErrorCode) is { } code and >= 400 and < 600 ? (int)code : status;
    }

    private static UpstreamError OfText(int status, ReadOnlySpan<byte> body)
    {
        body = body.Trim(" \r\n\t"u8);
        return body.StartsWith("<"u8) ? PlatformErrors.OfPage(status) : PlatformErrors.OfText(status, Quote(status, body));
    }

    // The beginning of what was said, where it has no place for words.
    private static string Quote(int status, ReadOnlySpan<byte> body)
    {
        var said = Encoding.UTF8.GetString(body[..Math.Min(body.Length, LongestLine)]);
        return Clip(string.Create(CultureInfo.InvariantCulture, $"The upstream answered {status}{(said.Length > 0 ? $": {said}" : ".")}"));
    }

    private static bool IsGood(int status) => status is >= 200 and < 300;

    // Whose secret may stand in it is known where the answer was asked for.
    private static string Clip(string message) => UpstreamWords.OfNobody.Clean(message);
}
