namespace Gateway.Model.Webhooks;

internal static class DeliveryNames
{
    extension(DeliveryOutcome outcome)
    {
        public string Name => EnumNames<DeliveryOutcome>.All[(int)outcome];
    }

    public static DeliveryOutcome Outcome(string name) => EnumNames<DeliveryOutcome>.Parse(name);
}
