using System.Globalization;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Model.Jobs;
using Gateway.Model.Native;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>Which page of which tasks is asked for. A filter holds several values as a list with commas, or repeated.</summary>
internal sealed record V2ListQuery(
    int Page, int Size, IReadOnlySet<string> Statuses, IReadOnlySet<string> Ids, IReadOnlySet<string> Models, IReadOnlySet<string> Types)
{
    /// <summary>Jobs looked at, newest first: beyond them a list would cost more than it tells.</summary>
    public const int MostLooked = 2000;

    private const int MostOnPage = 100;

    public int Skip => (Page - 1) * Size;

    public static V2ListQuery Read(IQueryCollection query) => new(
        Number(query, "page_num", 1, MostLooked),
        Number(query, "page_size", 10, MostOnPage),
        Values(query, "filter.status"), Values(query, "filter.task_ids"), Values(query, "filter.model"), Values(query, "filter.task_type"));

    public bool Wants(JobState job) =>
        Has(Statuses, V2Task.StatusOf(job))
            && Has(Ids, job.Id.ToString())
            && Has(Models, job.Model ?? "")
            && Has(Types, V2Task.TypeOf(job));

    private static bool Has(IReadOnlySet<string> wanted, string value) => wanted.Count == 0 || wanted.Contains(value);

    private static HashSet<string> Values(IQueryCollection query, string name) =>
    [
        .. query[name].SelectMany(text => (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
    ];

    private static int Number(IQueryCollection query, string name, int missing, int most)
    {
        if (!query.TryGetValue(name, out var values)) return missing;
        return int.TryParse(values, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : throw new ApiException(NativeErrors.Invalid(name, $"{name} must be a whole number from 1 to {most}"));
    }
}
