using System.Text.Json;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Notices;

/// <summary>
/// What one node tells the others to look at again; never what it says there. It may be lost, late or doubled: whoever hears
/// one reads the store.
/// </summary>
internal sealed record ChangeNotice
{
    /// <summary>Something was not told one by one: everything is to be read again.</summary>
    public static readonly ChangeNotice Everything = new() { All = true };

    public bool All { get; init; }

    public MovedJobs[] Moved { get; init; } = [];

    /// <summary>Jobs whose streamed answer has grown: no event, and left out where there is much else to tell.</summary>
    public JobId[] Grown { get; init; } = [];

    /// <summary>Queues that got a ready job.</summary>
    public QueueKey[] Queues { get; init; } = [];

    /// <summary>Accounts that are new, or whose settings or health are not what they were.</summary>
    public AccountId[] Changed { get; init; } = [];

    /// <summary>Accounts with a slot or credits to spare that were taken before.</summary>
    public AccountId[] Freed { get; init; } = [];

    /// <summary>Teams with limits that use less than before.</summary>
    public TeamId[] Released { get; init; } = [];

    /// <summary>An operator paused or resumed something.</summary>
    public bool Pauses { get; init; }

    /// <summary>The weight or the limits of a team.</summary>
    public bool Teams { get; init; }

    public string Write() => JsonSerializer.Serialize(this, ChangeNoticeJson.Default.ChangeNotice);

    /// <summary>Reads what another node wrote. A newer version's words that this one does not know stand for everything.</summary>
    public static ChangeNotice Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, ChangeNoticeJson.Default.ChangeNotice) ?? Everything;
        }
        catch (JsonException)
        {
            return Everything;
        }
    }
}
