using System.Text;

namespace Gateway.Api.Http;

/// <summary>
/// Serves <c>//v1/jobs</c> like <c>/v1/jobs</c>: many clients put a base address that ends in a slash before a path that begins with one.
/// </summary>
internal static class SingleSlashes
{
    public static Task CollapseAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.Value is { } path && path.Contains("//", StringComparison.Ordinal)) context.Request.Path = Collapse(path);
        return next(context);
    }

    private static string Collapse(string path)
    {
        var single = new StringBuilder(path.Length);
        foreach (var letter in path)
            if (letter != '/' || single.Length == 0 || single[^1] != '/') single.Append(letter);
        return single.ToString();
    }
}
