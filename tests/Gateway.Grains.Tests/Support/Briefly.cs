namespace Gateway.Grains.Tests.Support;

/// <summary>What must be linear is given so much that anything else would take minutes: a second's margin is no race.</summary>
internal static class Briefly
{
    /// <summary>Keys and elements of a hostile text.</summary>
    public const int Million = 1_000_000;

    /// <summary>Ten times and more of what it takes.</summary>
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(2);

    public static T Run<T>(Func<T> work)
    {
        var began = TimeProvider.System.GetTimestamp();
        var result = work();
        var took = TimeProvider.System.GetElapsedTime(began);
        Assert.True(took < Most, $"It took {took.TotalSeconds:0.00} s.");
        return result;
    }

    public static async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        var began = TimeProvider.System.GetTimestamp();
        var result = await work();
        var took = TimeProvider.System.GetElapsedTime(began);
        Assert.True(took < Most, $"It took {took.TotalSeconds:0.00} s.");
        return result;
    }
}
