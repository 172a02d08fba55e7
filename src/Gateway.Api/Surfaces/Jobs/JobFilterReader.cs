using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Views;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>Reads the query of a job list.</summary>
internal static class JobFilterReader
{
    private const int DefaultLimit = 50;

    /// <summary>What a list may be asked with.</summary>
    public static readonly string[] Parameters =
    [
        "status", "kind", "model", "error", "since", "until", "limit", "before", "team", "account"
    ];

    public static JobFilter Read(IQueryCollection query, Caller caller, int most)
    {
        var faults = new FieldFaults();
        var filter = new JobFilter(
            faults.Try(() => TeamFilter.Of(query, caller)), faults.Try(() => StatusOf(query)), faults.Try(() => KindOf(query)),
            faults.Try(() => AccountOf(query, caller)), faults.Try(() => BeforeOf(query)), faults.Try(() => LimitOf(query, most)))
        {
            Failure = faults.Try(() => FailureOf(query)),
            Model = faults.Try(() => ModelOf(query)),
            From = faults.Try(() => EdgeOf(query, "since")),
        };
        var until = faults.Try(() => EdgeOf(query, "until"));
        faults.ThrowIfAny();
        return filter with { Before = Earlier(filter.Before, until) };
    }

    private static JobStatus? StatusOf(IQueryCollection query)
    {
        if (query["status"].ToString() is not { Length: > 0 } name) return null;
        return JobNames.TryParseStatus(name, out var status)
            ? status
            : throw new ApiException(ApiError.Field("status", $"must be one of {string.Join(", ", JobNames.AllStatuses)}"));
    }

    private static JobKind? KindOf(IQueryCollection query)
    {
        if (query["kind"].ToString() is not { Length: > 0 } name) return null;
        return JobNames.TryParseKind(name, out var kind)
            ? kind
            : throw new ApiException(ApiError.Field("kind", $"must be one of {string.Join(", ", JobNames.AllKinds)}"));
    }

    // Dead letters: attempts_exhausted and hard_end.
    private static string? FailureOf(IQueryCollection query)
    {
        if (query["error"].ToString() is not { Length: > 0 } code) return null;
        return code.Length <= 64 && code.All(c => char.IsAsciiLetterLower(c) || c == '_')
            ? code
            : throw new ApiException(ApiError.Field("error", "must be the code of an error, such as attempts_exhausted"));
    }

    private static AccountId? AccountOf(IQueryCollection query, Caller caller)
    {
        if (query["account"].ToString() is not { Length: > 0 } text) return null;
        if (!caller.IsAdmin)
            throw new ApiException(
                new ApiError(403, "forbidden", "Only admins may filter by account.", [new FieldError("account", "must be left out")]));
        return AccountId.TryParse(text, out var account)
            ? account
            : throw new ApiException(ApiError.Field("account", "must be an account id of 1 to 32 digits"));
    }

    private static JobId? BeforeOf(IQueryCollection query)
    {
        if (query["before"].ToString() is not { Length: > 0 } text) return null;
        return JobId.TryParse(text, out var before)
            ? before
            : throw new ApiException(ApiError.Field("before", "must be the 'next' of an earlier page"));
    }

    private static string? ModelOf(IQueryCollection query)
    {
        if (query["model"].ToString() is not { Length: > 0 } model) return null;
        return model.Length <= Work.MaxModelLength && !model.Any(char.IsControl)
            ? model
            : throw new ApiException(ApiError.Field("model", $"must be the name of a model, at most {Work.MaxModelLength} characters"));
    }

    private static JobId? Earlier(JobId? one, JobId? other) => other is null || one?.Value < other.Value.Value ? one : other;

    // Ids follow time: an instant is a place among them. What lies beyond the last of them is as good as their end.
    private static JobId? EdgeOf(IQueryCollection query, string name)
    {
        if (query[name].ToString() is not { Length: > 0 } text) return null;
        return Instants.TryParse(text, out var at) ? JobIdSource.FirstAt(at) : throw new ApiException(ApiError.Field(name, Instants.Rule));
    }

    private static int LimitOf(IQueryCollection query, int most)
    {
        if (query["limit"].ToString() is not { Length: > 0 } text) return DefaultLimit;
        return int.TryParse(text, System.Globalization.NumberStyles.None, null, out var limit) && limit >= 1 && limit <= most
            ? limit
            : throw new ApiException(ApiError.Field("limit", $"must be a whole number from 1 to {most}"));
    }
}
