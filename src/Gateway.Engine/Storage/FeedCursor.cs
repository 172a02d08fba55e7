using System.Globalization;

namespace Gateway.Engine.Storage;

/// <summary>A place in the feed. Its text is the id of a team feed's event; what the numbers are is the dialect's business.</summary>
internal readonly record struct FeedCursor(long Feed, long Job, long Seq) : IComparable<FeedCursor>
{
    public static bool TryParse(string text, out FeedCursor cursor)
    {
        cursor = default;
        if (text.Split('-') is not [var feedText, var jobText, var seqText]) return false;
        if (!Number(feedText, out var feed) || !Number(jobText, out var job) || !Number(seqText, out var seq)) return false;
        cursor = new FeedCursor(feed, job, seq);
        return true;
    }

    public int CompareTo(FeedCursor other) => (Feed, Job, Seq).CompareTo((other.Feed, other.Job, other.Seq));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Feed}-{Job}-{Seq}");

    private static bool Number(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
