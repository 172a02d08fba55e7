using System.Reflection;

namespace Gateway.Engine.Storage;

/// <summary>
/// The migrations embedded in a dialect's assembly, in order. Numbers and names are the same in both dialects; a test holds that.
/// </summary>
internal static class MigrationScripts
{
    public static IReadOnlyList<Migration> Of(Assembly assembly)
    {
        var prefix = $"{assembly.GetName().Name}.Migrations.";
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Select(name => Read(assembly, name, name[prefix.Length..^".sql".Length]))
                .OrderBy(migration => migration.Number),
        ];
    }

    /// <summary>The migrations a database at <paramref name="version"/> still needs.</summary>
    public static IEnumerable<Migration> Missing(this IReadOnlyList<Migration> migrations, int version)
    {
        if (version > migrations[^1].Number)
            throw new GatewaySetupException(
                $"The database has schema {version}, this program knows up to {migrations[^1].Number}: start a newer program.");
        return migrations.Where(migration => migration.Number > version);
    }

    private static Migration Read(Assembly assembly, string resource, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(int.Parse(name.AsSpan(0, 3)), name[4..], reader.ReadToEnd());
    }
}
