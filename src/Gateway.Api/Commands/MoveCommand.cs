using System.Globalization;
using Gateway.Engine.Security;
using Gateway.Engine.Storage;
using Gateway.Silo.Hosting;
using Gateway.Storage.Postgres;
using Gateway.Storage.Sqlite;

namespace Gateway.Api.Commands;

/// <summary>S5: from SQLite to PostgreSQL, with everything that runs.</summary>
internal sealed class MoveCommand : GatewayCommand
{
    public override string Name => "move";

    public override IReadOnlyList<string> Options => ["to"];

    public override string Summary => "moves the SQLite data to an empty PostgreSQL, while the gateway is stopped";

    public override string Help => """
        Moves everything in Gateway:DataDirectory to the PostgreSQL that ConnectionStrings:Gateway names (in the environment:
        ConnectionStrings__Gateway; --to "<connection string>" is the same, but other users of the machine can read arguments).
        Stop the gateway first. The database must be empty; its tables are made. All is moved in one transaction, or nothing.

        Jobs keep their ids and go on where they were, callers their tokens, readers of events their places. Start the gateway with
        the same connection string and with Gateway:EncryptionKey set to the content of gateway.key. The data directory stays as it
        was, and refuses to be started: the way back is to start it once with --restored.
        """;

    public override async Task RunAsync(CommandInput input, CancellationToken cancellationToken)
    {
        var target = input.Settings["to"] ?? input.ConnectionString
            ?? throw new GatewaySetupException(
                "where to? Set ConnectionStrings__Gateway in the environment to the connection string of an empty PostgreSQL database.");
        input.NeedData();

        // Its lock proves that the gateway has stopped.
        using var source = SqliteDatabase.Open(input.DataDirectory);
        await KeyFile.CheckAsync(KeyFile.Load(input.EncryptionKey, input.DataDirectory), new SqliteQueryStore(source), cancellationToken);
        await using var database = PostgresDatabase.Open(target);
        Print(input.Output, await new DatabaseMove(source, database).RunAsync(cancellationToken));
    }

    private static void Print(TextWriter output, IReadOnlyList<MovedTable> tables)
    {
        foreach (var table in tables)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{table.Name,-20} {table.Rows,12:N0} rows"));
        output.WriteLine(
            "Moved, and counted in both. Start the gateway with ConnectionStrings:Gateway and with Gateway:EncryptionKey set to the " +
                "content of gateway.key.");
    }
}
