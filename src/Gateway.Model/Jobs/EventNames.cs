using Gateway.Model.Kinds;

namespace Gateway.Model.Jobs;

/// <summary>The names of events: what SSE, sockets and webhooks call a change.</summary>
internal static class EventNames
{
    private const string Prefix = "job.";

    /// <summary>Of what is no change of status: told to whoever listens, and never again (P3).</summary>
    public const string Progress = Prefix + "progress";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [.. JobNames.AllStatuses.Select(status => Prefix + status)];

    public static string Of(JobStatus status) => Prefix + status.Name;

    public static bool TryParse(string name, out JobStatus status)
    {
        status = default;
        return name.StartsWith(Prefix, StringComparison.Ordinal) && JobNames.TryParseStatus(name[Prefix.Length..], out status);
    }
}
