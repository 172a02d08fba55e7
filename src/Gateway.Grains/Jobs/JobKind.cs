using System.Text.Json.Serialization;

namespace Gateway.Grains.Jobs;

/// <summary>What kind of work a job or call is; the names are the API's <c>kind</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobKind>))]
internal enum JobKind
{
    Chat,
    Video,
    Image,
    Speech,
    Music,
}

/// <summary>The life of a job (J1); the names are the API's <c>status</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobStatus>))]
internal enum JobStatus
{
    Queued,
    Submitting,
    Running,
    Unknown,
    Succeeded,
    Failed,
    Cancelled,
    Expired,
}

internal static class JobNames
{
    private static readonly string[] Kinds = [.. Enum.GetNames<JobKind>().Select(name => name.ToLowerInvariant())];
    private static readonly string[] Statuses = [.. Enum.GetNames<JobStatus>().Select(name => name.ToLowerInvariant())];

    /// <summary>All kinds as the API writes them.</summary>
    public static IReadOnlyList<string> AllKinds => Kinds;

    /// <summary>All status values as the API writes them.</summary>
    public static IReadOnlyList<string> AllStatuses => Statuses;

    extension(JobKind kind)
    {
        public string Name => Kinds[(int)kind];
    }

    extension(JobStatus status)
    {
        public string Name => Statuses[(int)status];

        public bool IsTerminal => status >= JobStatus.Succeeded;
    }

    /// <summary>Reads a name this program wrote.</summary>
    public static JobKind Kind(string name) => TryParseKind(name, out var kind) ? kind : throw new FormatException($"'{name}' is no kind.");

    /// <inheritdoc cref="Kind(string)"/>
    public static JobStatus Status(string name) => TryParseStatus(name, out var status) ? status : throw new FormatException($"'{name}' is no status.");

    public static bool TryParseKind(string? name, out JobKind kind)
    {
        var index = Array.IndexOf(Kinds, name);
        kind = (JobKind)Math.Max(index, 0);
        return index >= 0;
    }

    public static bool TryParseStatus(string? name, out JobStatus status)
    {
        var index = Array.IndexOf(Statuses, name);
        status = (JobStatus)Math.Max(index, 0);
        return index >= 0;
    }
}
