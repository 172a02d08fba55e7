namespace Gateway.Model.Kinds;

internal static class WorkOperations
{
    extension(WorkOperation operation)
    {
        /// <summary>The name in lanes, settings and the admin's view: <c>voice_clone</c>.</summary>
        public string Name => EnumNames<WorkOperation>.All[(int)operation];
    }

    public static WorkOperation Parse(string name) => EnumNames<WorkOperation>.Parse(name);
}
