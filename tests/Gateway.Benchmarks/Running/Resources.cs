namespace Gateway.Benchmarks.Running;

/// <summary>What a run opened, closed again in reverse order.</summary>
internal sealed class Resources : IAsyncDisposable
{
    private readonly Stack<Func<Task>> _ends = [];

    public T Own<T>(T resource)
        where T : IAsyncDisposable
    {
        OnDispose(() => resource.DisposeAsync().AsTask());
        return resource;
    }

    public void OnDispose(Func<Task> end) => _ends.Push(end);

    public async ValueTask DisposeAsync()
    {
        while (_ends.TryPop(out var end)) await end();
    }
}
