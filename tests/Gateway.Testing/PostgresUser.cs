namespace Gateway.Testing;

/// <summary>Whom PostgreSQL runs as where this process is root's: it refuses root.</summary>
/// <param name="Prefix">What a command begins with to run as this user. setpriv becomes the command itself, so that the id we signal is the
/// server's.</param>
internal sealed record PostgresUser(string Name, string[] Prefix)
{
    /// <summary>Null where this process is anyone else's.</summary>
    public static async Task<PostgresUser?> FindAsync()
    {
        if (!Environment.IsPrivilegedProcess) return null;
        var (code, group) = await Command.TryAsync("id", "-g", "postgres");
        if (code == 0) return As("postgres", group);
        (_, group) = await Command.TryAsync("id", "-g", "nobody");
        return As("nobody", group);
    }

    private static PostgresUser As(string name, string group) =>
        new(name, ["setpriv", $"--reuid={name}", $"--regid={group.Trim()}", "--clear-groups"]);
}
