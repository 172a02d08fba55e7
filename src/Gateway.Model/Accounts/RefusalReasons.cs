namespace Gateway.Model.Accounts;

internal static class RefusalReasons
{
    extension(RefusalReason reason)
    {
        /// <summary>The name in answers: <c>no_free_slot</c>.</summary>
        public string Name => EnumNames<RefusalReason>.All[(int)reason];
    }
}
