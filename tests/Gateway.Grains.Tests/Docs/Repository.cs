using System.Text.RegularExpressions;

namespace Gateway.Grains.Tests.Docs;

/// <summary>The repository these tests were built in, as files.</summary>
internal static partial class Repository
{
    private static readonly string Root = FindRoot();

    /// <summary>Each source file by its path from the root, with <c>/</c> between folders.</summary>
    public static readonly IReadOnlyDictionary<string, string> Sources =
        new[] { "src", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Select(file => (File: file, Path: Path.GetRelativePath(Root, file).Replace('\\', '/')))
            .Where(file => !file.Path.Split('/').Any(folder => folder is "bin" or "obj"))
            .ToDictionary(file => file.Path, file => File.ReadAllText(file.File), StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static void Write(string path, string text) => File.WriteAllText(Path.Combine(Root, path), text);

    /// <summary>What stands behind the slashes of each comment. A link in a string is none: its slashes follow a colon.</summary>
    public static IEnumerable<string> CommentsOf(string source) => Comment().Matches(source).Select(match => match.Groups[1].Value);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Gateway.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex(@"(?:^|\s)///?(.*)$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
