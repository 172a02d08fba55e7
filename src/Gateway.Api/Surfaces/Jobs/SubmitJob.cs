using Gateway.Api.Surfaces.MiniMax;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>A submit as it was read.</summary>
internal sealed record SubmitJob(NativeRequest Native, byte[] Request, AccountId? Account, int Priority, JobTimes Times, Reply? Reply);
