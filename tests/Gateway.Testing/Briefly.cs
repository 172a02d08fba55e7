using System.Runtime.ExceptionServices;
using Xunit;

namespace Gateway.Testing;

/// <summary>
/// What must be linear is given so much that anything else would take minutes. Answers and refusals alike must come in time; the
/// best of three tries counts, so that a busy machine is no failure.
/// </summary>
internal static class Briefly
{
    /// <summary>Keys and elements of a hostile text.</summary>
    public const int Million = 1_000_000;

    private const int Tries = 3;

    /// <summary>Ten times and more of what it takes.</summary>
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(2);

    public static T Run<T>(Func<T> work)
    {
        var took = TimeSpan.MaxValue;
        for (var tries = 0; tries < Tries; tries++)
        {
            var began = TimeProvider.System.GetTimestamp();
            var (result, refusal) = Try(work);
            took = TimeProvider.System.GetElapsedTime(began);
            if (took >= Most) continue;
            refusal?.Throw();
            return result!;
        }

        throw new Xunit.Sdk.XunitException($"It took {took.TotalSeconds:0.00} s.");
    }

    public static async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var began = TimeProvider.System.GetTimestamp();
        var result = await work();
        var took = TimeProvider.System.GetElapsedTime(began);
        Assert.True(took < Most, $"It took {took.TotalSeconds:0.00} s.");
        return result;
    }

    private static (T? Result, ExceptionDispatchInfo? Refusal) Try<T>(Func<T> work)
    {
        try
        {
            return (work(), null);
        }
        catch (Exception refusal)
        {
            return (default, ExceptionDispatchInfo.Capture(refusal));
        }
    }
}
