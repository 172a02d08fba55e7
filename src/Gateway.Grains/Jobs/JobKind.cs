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
    /// <summary>All kinds as the API writes them.</summary>
    public static IReadOnlyList<string> AllKinds => EnumNames<JobKind>.All;

    /// <summary>All status values as the API writes them.</summary>
    public static IReadOnlyList<string> AllStatuses => EnumNames<JobStatus>.All;

    extension(JobKind kind)
    {
        public string Name => AllKinds[(int)kind];
    }

    extension(JobStatus status)
    {
        public string Name => AllStatuses[(int)status];

        public bool IsTerminal => status >= JobStatus.Succeeded;
    }

    /// <summary>Reads a name this program wrote.</summary>
    public static JobKind Kind(string name) => EnumNames<JobKind>.Parse(name);

    /// <inheritdoc cref="Kind(string)"/>
    public static JobStatus Status(string name) => EnumNames<JobStatus>.Parse(name);

    public static bool TryParseKind(string? name, out JobKind kind) => EnumNames<JobKind>.TryParse(name, out kind);

    public static bool TryParseStatus(string? name, out JobStatus status) => EnumNames<JobStatus>.TryParse(name, out status);
}
