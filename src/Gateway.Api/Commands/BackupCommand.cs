using System.Globalization;
using Gateway.Engine.Storage;
using Gateway.Storage.Sqlite;

namespace Gateway.Api.Commands;

/// <summary>S5: a copy of SQLite's files while the gateway runs.</summary>
internal sealed class BackupCommand : GatewayCommand
{
    public override string Name => "backup";

    public override IReadOnlyList<string> Words => ["directory"];

    public override string Summary => "copies the SQLite data to a new directory, while the gateway runs";

    public override string Help => """
        Copies everything in Gateway:DataDirectory but the encryption key to a new directory, as it is in one instant. The gateway
        may run meanwhile. The directory appears when the copy is complete, checked and on the disk; one that exists is refused.

        To restore: put the files into an empty data directory, put gateway.key beside them (or set Gateway:EncryptionKey), and
        start once with --restored. PostgreSQL has its own tools; docs/operations.md names them.
        """;

    public override async Task RunAsync(CommandInput input, CancellationToken cancellationToken)
    {
        if (input.ConnectionString is not null)
            throw new GatewaySetupException(
                "this gateway is set up for PostgreSQL, whose own tools make its backups; docs/operations.md names them.");

        using var source = SqliteDatabase.OpenBeside(input.DataDirectory);
        var report = await Task.Run(
            () => SqliteBackup.Take(source, input.Words[0], TimeProvider.System.GetUtcNow(), cancellationToken), cancellationToken);
        await input.Output.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"{input.Words[0]}: {report.Jobs:N0} jobs, {report.Bytes:N0} bytes, checked."));
        if (report.MissingBodies > 0)
            await input.Output.WriteLineAsync(
                $"{report.MissingBodies} bodies that jobs name are not in it: they were removed in the instant of the copy. Take another " +
                    $"one.");
        await input.Output.WriteLineAsync(
            "The encryption key is not in it. Keep it apart (gateway.key, or what Gateway:EncryptionKey is set to): without it the copy " +
                "cannot be started.");
    }
}
