using Gateway.Engine.Security;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Silo.Hosting;
using Gateway.Silo.Hosting.Settings;
using Gateway.Storage.Sqlite;
using Gateway.Testing;
using Microsoft.Extensions.Configuration;

namespace Gateway.Grains.Tests.Storage;

/// <summary>
/// What a data directory holds is its owner's alone, whatever the umask, and whatever an older version or an operator left.
/// </summary>
public sealed class PrivateFilesTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode All = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string _root = Directory.CreateTempSubdirectory("gateway-private-").FullName;
    private readonly List<string> _told = [];

    private string _directory;

    public PrivateFilesTests() => _directory = _root;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private GatewaySettings Settings() =>
        GatewaySettings.Read(new ConfigurationBuilder().AddInMemoryCollection([new("Gateway:DataDirectory", _directory)]).Build());

    private Task<GatewayEngine> OpenAsync() =>
        GatewayEngine.OpenAsync(Settings(), new StoreClock(new ManualClock()), _told.Add, CancellationToken.None);

    private async Task WriteAsync()
    {
        var engine = await OpenAsync();
        await using var store = engine.Store;
        await engine.Store.Bodies.WriteAsync(Make.JobId(), new byte[BodyWrite.LargestInTurn + 1], CancellationToken.None);
        AllArePrivate(
            _directory, "gateway.db", "gateway.db-wal", "gateway.db-shm", "bodies.db", "bodies.db-wal", "bodies.db-shm", "gateway.lock",
            "gateway.key");
    }

    [Fact]
    public async Task H16_a_removed_lock_file_lets_no_second_process_in()
    {
        if (OperatingSystem.IsWindows()) return; // there no open file can be removed
        await using (var first = (await OpenAsync()).Store)
        {
            File.Delete(Path.Combine(_directory, "gateway.lock"));
            Assert.Contains(
                "used by another process", (await Assert.ThrowsAsync<GatewaySetupException>(OpenAsync)).Message, StringComparison.Ordinal);
        }

        await (await OpenAsync()).Store.DisposeAsync();
    }

    private static void AllArePrivate(string directory, params string[] expected)
    {
        if (OperatingSystem.IsWindows()) return;
        var files = Directory.GetFiles(directory);
        Assert.Superset(expected.ToHashSet(), files.Select(file => Path.GetFileName(file)).ToHashSet());
        foreach (var file in files) Assert.Equal((file, OwnerOnly), (file, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task All_files_of_a_data_directory_are_their_owners_alone()
    {
        await WriteAsync();
        Assert.Empty(_told);
    }

    [Fact]
    public async Task H11_files_that_others_may_read_are_narrowed_at_the_start_and_told_of()
    {
        if (OperatingSystem.IsWindows()) return;
        await WriteAsync();
        foreach (var file in Directory.GetFiles(_directory, "*.db")) File.SetUnixFileMode(file, All);
        await WriteAsync();
        Assert.Equal(2, _told.Count);
        Assert.All(_told, line => Assert.Contains("chmod 600", line, StringComparison.Ordinal));
        await WriteAsync();
        Assert.Equal(2, _told.Count);
    }

    [Fact]
    public async Task H11_a_data_directory_is_made_its_owners_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        _directory = Path.Combine(_root, "one", "two");
        await WriteAsync();
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory));
        Assert.Empty(_told);
    }

    // It may be a volume of somebody else's, or lent through a group: no reason not to start, and none to touch it.
    [Theory]
    [InlineData("755", true)]
    [InlineData("750", true)]
    [InlineData("2775", true)]
    [InlineData("2770", false)]
    [InlineData("700", false)]
    public async Task H11_a_directory_that_others_may_enter_is_warned_of_and_left(string mode, bool isTold)
    {
        if (OperatingSystem.IsWindows()) return;
        var wide = (UnixFileMode)Convert.ToInt32(mode, 8);
        File.SetUnixFileMode(_directory, wide);
        await WriteAsync();
        Assert.Equal(isTold ? 1 : 0, _told.Count(line => line.Contains("chmod 700", StringComparison.Ordinal)));
        Assert.Equal(wide, File.GetUnixFileMode(_directory));
    }

    // A key that lay open may have been read: narrowing it silently would hide that.
    [Fact]
    public async Task A_key_file_that_others_may_read_is_warned_of()
    {
        if (OperatingSystem.IsWindows()) return;
        await WriteAsync();
        File.SetUnixFileMode(KeyFile.PathIn(_directory), All);
        await (await OpenAsync()).Store.DisposeAsync();
        Assert.Contains("can be read by others", Assert.Single(_told), StringComparison.Ordinal);
        Assert.Contains("chmod 600", _told[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_is_its_owners_alone_too()
    {
        await WriteAsync();
        var target = Path.Combine(_directory, "backup");
        using (var source = SqliteDatabase.OpenBeside(_directory)) SqliteBackup.Take(source, target, Make.Noon, CancellationToken.None);
        AllArePrivate(target, "gateway.db", "bodies.db");
    }
}
