using System.Collections.Concurrent;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>
/// The two SQLite files of a data directory and the lock that keeps a second process out. WAL, <c>synchronous=FULL</c>:
/// what is acknowledged survives a power cut. Large bodies have a file of their own, so that writing one stalls no turn.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    // How a file that another process has locked is told: EWOULDBLOCK on Unix, ERROR_SHARING_VIOLATION on Windows.
    private const int WouldBlock = 11;
    private const int WouldBlockOnMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly DirectoryLock? _directoryLock;
    private readonly FileStream? _lock;
    private readonly ConcurrentBag<SqliteConnection> _idle = [];

    private SqliteDatabase(string directory, DirectoryLock? directoryLock, FileStream? fileLock)
    {
        Directory = directory;
        _directoryLock = directoryLock;
        _lock = fileLock;
    }

    static SqliteDatabase() => SQLitePCL.Batteries_V2.Init();

    public string Directory { get; }

    public string MainFile => Path.Combine(Directory, "gateway.db");

    public string BodiesFile => Path.Combine(Directory, "bodies.db");

    /// <summary>Opens the directory for this process alone.</summary>
    /// <exception cref="GatewaySetupException">Another process uses it, or it cannot be written.</exception>
    public static SqliteDatabase Open(string directory)
    {
        DirectoryLock? directoryLock = null;
        try
        {
            PrivateFiles.MakeFolder(directory);
            // The locks end with the process, however it dies: they prove death (L5). A file can be removed, and a second one made and
            // locked in its place; the directory the data lies in cannot. Where a directory cannot be locked, the file alone keeps others
            // out.
            directoryLock = DirectoryLock.Take(directory);
            var fileLock = PrivateFiles.Open(Path.Combine(directory, "gateway.lock"), FileMode.OpenOrCreate, FileShare.None);
            return new SqliteDatabase(directory, directoryLock, fileLock);
        }
        catch (IOException busy) when (busy.HResult is WouldBlock or WouldBlockOnMac or SharingViolation)
        {
            directoryLock?.Dispose();
            throw new GatewaySetupException(
                $"The data directory '{directory}' is used by another process. SQLite serves one process; set ConnectionStrings:Gateway " +
                    $"to use PostgreSQL with several.",
                busy);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            directoryLock?.Dispose();
            throw new GatewaySetupException($"The data directory '{directory}' cannot be written: {denied.Message}", denied);
        }
    }

    /// <summary>Opens the directory beside the process that has its lock: to read, while that one writes.</summary>
    /// <exception cref="GatewaySetupException">There is no data.</exception>
    public static SqliteDatabase OpenBeside(string directory)
    {
        var database = new SqliteDatabase(directory, directoryLock: null, fileLock: null);
        return File.Exists(database.MainFile)
            ? database
            : throw new GatewaySetupException($"There is no gateway.db in the data directory '{directory}'; set Gateway:DataDirectory.");
    }

    public SqliteConnection OpenMain() => Open(MainFile, SqliteOpenMode.ReadWriteCreate);

    public SqliteConnection OpenBodies() => Open(BodiesFile, SqliteOpenMode.ReadWriteCreate);

    /// <summary>
    /// Runs a read on a connection of its own. SQLite answers from the page cache within microseconds, so it runs on the
    /// calling thread; every statement it runs is bounded by an index and a limit.
    /// </summary>
    public T Read<T>(Func<SqliteConnection, T> read) => Guard(() =>
    {
        if (!_idle.TryTake(out var connection)) connection = OpenMain();
        try
        {
            return read(connection);
        }
        finally
        {
            _idle.Add(connection);
        }
    });

    /// <summary>
    /// Runs work outside of turns. S4: the file's trouble is told from a mistake of ours, and answered 503 with a time to come back.
    /// </summary>
    public static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException failure) when (SqliteFailures.Classify(failure) != StoreFailure.Refused)
        {
            throw new StoreUnavailableException(SqliteFailures.Why(failure), failure) { Detail = failure.Message };
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var connection)) connection.Dispose();
        _lock?.Dispose();
        _directoryLock?.Dispose();
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        PrivateFiles.Prepare(file);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            Pooling = false, // connections are kept by their users, who also cache their statements
            DefaultTimeout = 30,
        }.ToString());
        connection.Open();
        connection.Run(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA " +
                "busy_timeout = 30000;");
        return connection;
    }
}
