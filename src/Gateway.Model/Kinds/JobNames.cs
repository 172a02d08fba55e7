namespace Gateway.Model.Kinds;

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
