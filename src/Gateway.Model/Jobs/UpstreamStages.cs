namespace Gateway.Model.Jobs;

internal static class UpstreamStages
{
    extension(UpstreamStage stage)
    {
        /// <summary>The name in the job JSON: <c>queueing</c>.</summary>
        public string Name => EnumNames<UpstreamStage>.All[(int)stage];
    }
}
