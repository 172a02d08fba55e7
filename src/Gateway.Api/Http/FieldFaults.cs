namespace Gateway.Api.Http;

/// <summary>Gathers what is wrong with the fields of a request, so that its caller hears of everything at once.</summary>
internal sealed class FieldFaults
{
    /// <summary>A body may hold a million wrong fields: nobody reads more than a screen of them, and each costs time.</summary>
    public const int Most = 20;

    private readonly List<FieldError> _errors = [];

    public void Add(string field, string rule)
    {
        _errors.Add(new FieldError(field, rule));
        if (_errors.Count >= Most) Throw();
    }

    /// <summary>Says that a field is missing, where nothing worse has been said of it.</summary>
    public void Require(bool isThere, string field, string rule)
    {
        if (!isThere && !_errors.Exists(error => error.Field == field)) Add(field, rule);
    }

    /// <summary>Reads something; what its fields break is kept. What is wrong with the request as a whole ends the reading.</summary>
    public void Try(Action read)
    {
        try
        {
            read();
        }
        catch (ApiException wrong) when (
            wrong.Error is { Status: StatusCodes.Status400BadRequest, Code: ApiError.InvalidRequest, Errors: { } errors })
        {
            foreach (var error in errors) Add(error.Field, error.Rule);
        }
    }

    /// <inheritdoc cref="Try(Action)"/>
    public T? Try<T>(Func<T> read)
    {
        var value = default(T);
        Try(() => { value = read(); });
        return value;
    }

    /// <exception cref="ApiException">Something is wrong.</exception>
    public void ThrowIfAny()
    {
        if (_errors.Count > 0) Throw();
    }

    private void Throw() => throw new ApiException(ApiError.Fields(_errors));
}
