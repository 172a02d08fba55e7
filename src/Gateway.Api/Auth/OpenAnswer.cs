using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Api.Auth;

/// <summary>
/// An answer under way and the token it was asked for with. Losing the right to it looks to whoever works on it like the caller's
/// leaving: the request is aborted, and everything that ends then ends here too.
/// </summary>
internal sealed class OpenAnswer : IHttpRequestLifetimeFeature, IDisposable
{
    private readonly HttpContext _context;
    private readonly IHttpRequestLifetimeFeature _connection;
    private readonly CancellationTokenSource _over;
    private readonly Action<OpenAnswer> _forget;

    public OpenAnswer(HttpContext context, string token, Caller caller, long openedAt, Action<OpenAnswer> forget)
    {
        (_context, Token, Caller, CheckedAt, _forget) = (context, token, caller, openedAt, forget);
        _connection = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        _over = CancellationTokenSource.CreateLinkedTokenSource(_connection.RequestAborted);
        RequestAborted = _over.Token;
        context.Features.Set<IHttpRequestLifetimeFeature>(this);
    }

    public string Token { get; }

    public Caller Caller { get; }

    /// <summary>When the token was last known to be good.</summary>
    public long CheckedAt { get; set; }

    /// <summary>It asks for itself, and says goodbye in its own words.</summary>
    public bool EndsItself { get; set; }

    public bool IsRevoked { get; private set; }

    public CancellationToken RequestAborted { get; set; }

    public void Abort() => _connection.Abort();

    public Task RevokeAsync()
    {
        IsRevoked = true;
        return _over.CancelAsync();
    }

    /// <summary>The answer has ended, and the request is its connection's again.</summary>
    public void Dispose()
    {
        _forget(this);
        _context.Features.Set(_connection);
        _over.Dispose();
    }
}
