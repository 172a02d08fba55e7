using Gateway.Grains.Routing;
using Gateway.Model.Jobs;

namespace Gateway.Silo.Queueing;

/// <summary>How a submit ended.</summary>
internal abstract record JobSubmission
{
    /// <summary>The job exists. <paramref name="IsBeingSent"/>: an account took it at once.</summary>
    internal sealed record Accepted(JobState Job, bool IsBeingSent) : JobSubmission;

    /// <summary>The key was used before with the same body; the record has the answer it gave, once there is one.</summary>
    internal sealed record Replayed(IdempotencyRecord Record, JobState? Job) : JobSubmission;

    internal sealed record KeyReused : JobSubmission;

    /// <summary>No configured account could ever serve it (J6).</summary>
    internal sealed record Impossible(NeverServed Never) : JobSubmission;

    /// <summary>A time of a new job has passed already, or is too far ahead.</summary>
    internal sealed record BadTime(string Field, string Rule) : JobSubmission;

    /// <summary>The queue holds as many jobs as it may.</summary>
    internal sealed record QueueFull(string Why) : JobSubmission;

    /// <summary>Its lane is paused and the caller does not want to queue.</summary>
    internal sealed record Paused : JobSubmission;

    /// <summary>Nobody is free and the caller does not want to queue.</summary>
    internal sealed record NobodyIsFree(NobodyFree Nobody) : JobSubmission;
}
