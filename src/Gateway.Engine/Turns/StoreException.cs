namespace Gateway.Engine.Turns;

/// <summary>A failure of the store.</summary>
internal sealed class StoreException(StoreFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public StoreFailure Failure => failure;
}
