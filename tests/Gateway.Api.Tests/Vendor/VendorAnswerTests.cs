using Gateway.Api.Tests.Support;
using Gateway.Testing;

namespace Gateway.Api.Tests.Vendor;

public sealed class SqliteVendorCalls() : VendorAnswerContract(new SqliteData())
{
    public static TheoryData<string> Rows => VendorRows.NamesOf(VendorRows.Calls);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row(string name) => PlayAsync(VendorRows.Calls[name]);
}

public sealed class SqliteVendorStreams() : VendorAnswerContract(new SqliteData())
{
    public static TheoryData<string> Rows => VendorRows.NamesOf(VendorRows.Streams);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row(string name) => PlayAsync(VendorRows.Streams[name]);
}

public sealed class SqliteVendorPool() : VendorAnswerContract(new SqliteData())
{
    public static TheoryData<string> Rows => VendorRows.NamesOf(VendorRows.Pool);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row(string name) => PlayAsync(VendorRows.Pool[name]);
}

public sealed class SqliteVendorJobs() : VendorAnswerContract(new SqliteData())
{
    public static TheoryData<string> Rows => VendorRows.NamesOf(VendorRows.Jobs);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row(string name) => PlayAsync(VendorRows.Jobs[name]);
}

public sealed class SqliteVendorTasks() : VendorAnswerContract(new SqliteData())
{
    public static TheoryData<string> Rows => VendorRows.NamesOf(VendorRows.Tasks);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row(string name) => PlayAsync(VendorRows.Tasks[name]);
}

public sealed class PostgresVendorCalls() : VendorAnswerContract(new PostgresData())
{
    public static TheoryData<string> Rows => VendorRows.NamesOf(VendorRows.Calls);

    [PostgresTheory]
    [MemberData(nameof(Rows))]
    public Task Row(string name) => PlayAsync(VendorRows.Calls[name]);
}

public sealed class PostgresVendorStreams() : VendorAnswerContract(new PostgresData())
{
    public static TheoryData<string> Rows => VendorRows.NamesOf(VendorRows.Streams);

    [PostgresTheory]
    [MemberData(nameof(Rows))]
    public Task Row(string name) => PlayAsync(VendorRows.Streams[name]);
}

public sealed class PostgresVendorPool() : VendorAnswerContract(new PostgresData())
{
    public static TheoryData<string> Rows => VendorRows.NamesOf(VendorRows.Pool);

    [PostgresTheory]
    [MemberData(nameof(Rows))]
    public Task Row(string name) => PlayAsync(VendorRows.Pool[name]);
}

public sealed class PostgresVendorJobs() : VendorAnswerContract(new PostgresData())
{
    public static TheoryData<string> Rows => VendorRows.NamesOf(VendorRows.Jobs);

    [PostgresTheory]
    [MemberData(nameof(Rows))]
    public Task Row(string name) => PlayAsync(VendorRows.Jobs[name]);
}

public sealed class PostgresVendorTasks() : VendorAnswerContract(new PostgresData())
{
    public static TheoryData<string> Rows => VendorRows.NamesOf(VendorRows.Tasks);

    [PostgresTheory]
    [MemberData(nameof(Rows))]
    public Task Row(string name) => PlayAsync(VendorRows.Tasks[name]);
}
