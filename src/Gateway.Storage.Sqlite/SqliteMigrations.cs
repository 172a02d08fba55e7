using Gateway.Engine.Storage;

namespace Gateway.Storage.Sqlite;

/// <summary>Migrations of the main file; <c>PRAGMA user_version</c> holds the number of the last one.</summary>
internal static class SqliteMigrations
{
    public static IReadOnlyList<Migration> All { get; } = MigrationScripts.Of(typeof(SqliteMigrations).Assembly);

    public static void Run(SqliteDatabase database)
    {
        using var connection = database.OpenMain();
        // The immediate transaction is the lock: in one process two starts could only be two stores of one test.
        connection.Run("BEGIN IMMEDIATE");
        try
        {
            var version = connection.List("PRAGMA user_version", reader => reader.GetInt32(0))[0];
            foreach (var migration in All.Missing(version))
                connection.Run($"{migration.Sql}; PRAGMA user_version = {migration.Number};");
            connection.Run("COMMIT");
        }
        catch
        {
            connection.Run("ROLLBACK");
            throw;
        }
    }
}
