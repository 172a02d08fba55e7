using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Api.Auth;

/// <summary>
/// Asks again who is being answered (S2): a revoked or expired token ends every answer that is still open, whatever it is. One timer
/// for all of them, and one question for all of one token, so that an open answer costs no read of its own and no frame costs one.
/// </summary>
internal sealed partial class OpenAnswers(Authenticator authenticator, TimeProvider time, ILogger<OpenAnswers> logger) : BackgroundService
{
    /// <summary>With the five seconds for which a token's owner is kept, no answer outlives its token by more than twenty.</summary>
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    // Bounded by the connections.
    private readonly ConcurrentDictionary<OpenAnswer, bool> _open = [];

    /// <summary>How many answers are under way.</summary>
    public int Count => _open.Count;

    /// <summary>An answer begins; whoever gets it disposes it at its end.</summary>
    public OpenAnswer Open(HttpContext context, string token, Caller caller)
    {
        var answer = new OpenAnswer(context, token, caller, time.GetTimestamp(), Forget);
        _open[answer] = true;
        return answer;
    }

    /// <summary>The answer of this request looks after its token itself.</summary>
    public static void Leave(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestLifetimeFeature>() is OpenAnswer answer) answer.EndsItself = true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(LookEvery, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        var now = time.GetTimestamp();
        try
        {
            foreach (var same in _open.Select(entry => entry.Key).Where(answer => IsDue(answer, now)).ToLookup(answer => answer.Token))
                await CheckAsync(same, await authenticator.FindAsync(same.Key, stoppingToken), now);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(failure); // a lost database, mostly: nobody is sent away for it
        }
    }

    private bool IsDue(OpenAnswer answer, long now) =>
        answer is { EndsItself: false, IsRevoked: false } && time.GetElapsedTime(answer.CheckedAt, now) >= CheckEvery;

    private static async Task CheckAsync(IEnumerable<OpenAnswer> answers, Caller? caller, long now)
    {
        foreach (var answer in answers)
        {
            answer.CheckedAt = now;
            if (answer.Caller != caller) await RevokeAsync(answer);
        }
    }

    private static async Task RevokeAsync(OpenAnswer answer)
    {
        try
        {
            await answer.RevokeAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
    }

    private void Forget(OpenAnswer answer) => _open.TryRemove(answer, out _);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Who is being answered could not be asked again; it is at the next look.")]
    private partial void LogFailed(Exception failure);
}
