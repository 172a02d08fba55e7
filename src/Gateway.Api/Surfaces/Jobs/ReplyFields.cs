using System.Collections.Immutable;
using Gateway.Api.Http;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Outbound;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>The fields of a submit that say where its webhooks go, gathered as they come.</summary>
internal sealed class ReplyFields
{
    private static readonly string EventsRule = $"must be a list of one or more of {string.Join(", ", EventNames.All)}";

    private bool _hasUrl;
    private string? _url;
    private string? _ref;
    private ImmutableArray<JobStatus>? _events;

    public void Read(JsonObjectReader.Field field, byte[] body)
    {
        if (field.Type == System.Text.Json.JsonTokenType.Null) return;
        _hasUrl |= field.Name == "replyUrl"; // one that is wrong is there, too
        switch (field.Name)
        {
            case "replyUrl": _url = UrlOf(field, body); break;
            case "replyRef": _ref = field.Text(body, Reply.MaxRefLength); break;
            default: _events = EventsOf(field, body); break;
        }
    }

    public Reply? ToReply()
    {
        // A caller's own word for a job is of use without webhooks, too: whoever lists jobs finds it there.
        if (!_hasUrl && _events is not null) throw new ApiException(ApiError.Field("replyEvents", "needs a replyUrl"));
        return _url is null && _ref is null ? null : new Reply(_url, _ref, _events);
    }

    // Only its form: where a name leads is judged when it is called.
    private static string UrlOf(JsonObjectReader.Field field, byte[] body) =>
        OutboundUrl.TryParse(field.Text(body, OutboundUrl.MaxLength), out var url)
            ? url.AbsoluteUri
            : throw new ApiException(ApiError.Field(field.Name, OutboundUrl.Rule));

    private static ImmutableArray<JobStatus> EventsOf(JsonObjectReader.Field field, byte[] body)
    {
        if (field.Texts(body) is not { Count: >= 1 } names || names.Count > EventNames.All.Count)
            throw new ApiException(ApiError.Field(field.Name, EventsRule));
        return [
            .. names.Select(
                name =>
                    EventNames.TryParse(name, out var status)
                        ? status
                        : throw new ApiException(ApiError.Field(field.Name, EventsRule))).Distinct()];
    }
}
