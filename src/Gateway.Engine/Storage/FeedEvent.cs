using Gateway.Model.Jobs;

namespace Gateway.Engine.Storage;

/// <summary>An event and its place in the feed.</summary>
internal sealed record FeedEvent(FeedCursor Cursor, JobEvent Change);
