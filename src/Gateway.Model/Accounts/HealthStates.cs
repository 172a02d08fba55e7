namespace Gateway.Model.Accounts;

internal static class HealthStates
{
    extension(HealthState state)
    {
        /// <summary>The name in answers: <c>auth_failed</c>.</summary>
        public string Name => EnumNames<HealthState>.All[(int)state];
    }
}
