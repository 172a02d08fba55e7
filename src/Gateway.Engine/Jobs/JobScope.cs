using Gateway.Engine.Turns;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Jobs;

internal static class JobScope
{
    extension(TurnScope scope)
    {
        public JobState CancelNow(JobState job)
        {
            var cancelled = job.Cancel("cancelled by the caller", scope.Now)!;
            scope.Put(cancelled);
            return cancelled;
        }
    }
}
