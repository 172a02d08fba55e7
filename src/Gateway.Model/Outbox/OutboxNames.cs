namespace Gateway.Model.Outbox;

internal static class OutboxNames
{
    extension(OutboxKind kind)
    {
        public string Name => EnumNames<OutboxKind>.All[(int)kind];
    }

    public static OutboxKind Kind(string name) => EnumNames<OutboxKind>.Parse(name);
}
