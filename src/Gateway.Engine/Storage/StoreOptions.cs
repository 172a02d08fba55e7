using System.ComponentModel.DataAnnotations;
using Gateway.Model.Settings;

namespace Gateway.Engine.Storage;

/// <summary>How a start finds its data (<c>Gateway</c>).</summary>
internal sealed class StoreOptions
{
    /// <summary>Where SQLite keeps its files.</summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>
    /// This one start takes up a copy, a backup or a directory that was moved away: jobs that had not ended become <c>unknown</c>.
    /// <c>--restored</c> is the same.
    /// </summary>
    /// <remarks>S3.</remarks>
    public bool Restored { get; set; }

    /// <summary>How long a start waits for a PostgreSQL that cannot be reached yet; 0 ends it at once.</summary>
    [TimeRange("0", "1d")]
    public TimeSpan StartWait { get; set; } = TimeSpan.FromSeconds(30);
}
