namespace Gateway.Model.Accounts;

/// <summary>A field of a change: left as it is, or set to a value that may be null.</summary>
internal readonly record struct Optional<T>(bool IsSet, T Value)
{
    public static implicit operator Optional<T>(T value) => new(true, value);

    public T Or(T present) => IsSet ? Value : present;
}
