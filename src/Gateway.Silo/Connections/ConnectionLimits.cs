using System.Globalization;

namespace Gateway.Silo.Connections;

/// <summary>How many connections of callers may be open at once.</summary>
/// <param name="Max">All of them.</param>
/// <param name="MaxStrangers">Those on which no valid token was shown yet.</param>
/// <param name="FirstByte">How long a new one may be silent.</param>
internal sealed record ConnectionLimits(int Max, int MaxStrangers, TimeSpan FirstByte)
{
    // Five thousand event streams and what comes beside them; at 21 KB each a quarter of a container of 512 MB.
    private const int MostByDefault = 6000;

    // The database, the log, results that are read, and what the runtime opens.
    private const int OtherFiles = 256;

    // A call has its caller's connection, its upstream's, and at times a file.
    private const int FilesPerConnection = 3;

    /// <summary>The operator's limits, or those that suit the files the process may have open.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="files">How many files that is; null where nobody says.</param>
    public static ConnectionLimits Of(ConnectionOptions options, long? files)
    {
        var max = options.Max ?? (int)Math.Clamp(((files ?? long.MaxValue) - OtherFiles) / FilesPerConnection, 16, MostByDefault);
        return new ConnectionLimits(max, options.MaxStrangers ?? Math.Max(1, max / 4), options.FirstByte);
    }

    /// <summary>The soft limit of open files, which the runtime has raised to the hard one; null where it cannot be read.</summary>
    public static long? ReadFileLimit()
    {
        const string Limits = "/proc/self/limits";
        if (!File.Exists(Limits)) return null;
        var line = File.ReadLines(Limits).FirstOrDefault(static line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var columns = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return columns is [var soft, ..] && long.TryParse(soft, CultureInfo.InvariantCulture, out var files) ? files : null;
    }
}
