namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>One of MiniMax's endpoints.</summary>
/// <param name="Method">Its HTTP method.</param>
/// <param name="Path">MiniMax's path, unchanged.</param>
/// <param name="Class">How it is served.</param>
/// <param name="Name">Its name in the API's description.</param>
/// <param name="Handler">What serves it.</param>
internal sealed record NativeEndpoint(string Method, string Path, NativeClass Class, string Name, Delegate Handler);
