using Gateway.Api.Tests.Support;
using Gateway.Testing;

namespace Gateway.Api.Tests.Vendor;

public sealed class SqliteVendorCalls() : VendorAnswerContract(new SqliteData())
{
    public static TheoryData<RowName> Rows => VendorRows.NamesOf(VendorRows.Calls);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row(RowName rows) => PlayAsync(VendorRows.Calls[rows.Name]);
}

public sealed class SqliteVendorStreams() : VendorAnswerContract(new SqliteData())
{
    public static TheoryData<RowName> Rows => VendorRows.NamesOf(VendorRows.Streams);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row(RowName rows) => PlayAsync(VendorRows.Streams[rows.Name]);
}

public sealed class SqliteVendorPool() : VendorAnswerContract(new SqliteData())
{
    public static TheoryData<RowName> Rows => VendorRows.NamesOf(VendorRows.Pool);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row(RowName rows) => PlayAsync(VendorRows.Pool[rows.Name]);
}

public sealed class SqliteVendorJobs() : VendorAnswerContract(new SqliteData())
{
    public static TheoryData<RowName> Rows => VendorRows.NamesOf(VendorRows.Jobs);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row(RowName rows) => PlayAsync(VendorRows.Jobs[rows.Name]);
}

public sealed class SqliteVendorTasks() : VendorAnswerContract(new SqliteData())
{
    public static TheoryData<RowName> Rows => VendorRows.NamesOf(VendorRows.Tasks);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row(RowName rows) => PlayAsync(VendorRows.Tasks[rows.Name]);
}

public sealed class PostgresVendorCalls() : VendorAnswerContract(new PostgresData())
{
    public static TheoryData<RowName> Rows => VendorRows.NamesOf(VendorRows.Calls);

    [PostgresTheory]
    [MemberData(nameof(Rows))]
    public Task Row(RowName rows) => PlayAsync(VendorRows.Calls[rows.Name]);
}

public sealed class PostgresVendorStreams() : VendorAnswerContract(new PostgresData())
{
    public static TheoryData<RowName> Rows => VendorRows.NamesOf(VendorRows.Streams);

    [PostgresTheory]
    [MemberData(nameof(Rows))]
    public Task Row(RowName rows) => PlayAsync(VendorRows.Streams[rows.Name]);
}

public sealed class PostgresVendorPool() : VendorAnswerContract(new PostgresData())
{
    public static TheoryData<RowName> Rows => VendorRows.NamesOf(VendorRows.Pool);

    [PostgresTheory]
    [MemberData(nameof(Rows))]
    public Task Row(RowName rows) => PlayAsync(VendorRows.Pool[rows.Name]);
}

public sealed class PostgresVendorJobs() : VendorAnswerContract(new PostgresData())
{
    public static TheoryData<RowName> Rows => VendorRows.NamesOf(VendorRows.Jobs);

    [PostgresTheory]
    [MemberData(nameof(Rows))]
    public Task Row(RowName rows) => PlayAsync(VendorRows.Jobs[rows.Name]);
}

public sealed class PostgresVendorTasks() : VendorAnswerContract(new PostgresData())
{
    public static TheoryData<RowName> Rows => VendorRows.NamesOf(VendorRows.Tasks);

    [PostgresTheory]
    [MemberData(nameof(Rows))]
    public Task Row(RowName rows) => PlayAsync(VendorRows.Tasks[rows.Name]);
}

public sealed class SqliteVendorDocuments() : VendorAnswerContract(new SqliteData())
{
    public static TheoryData<RowName> Rows => VendorRows.NamesOf(VendorRows.Documents);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row(RowName rows) => PlayAsync(VendorRows.Documents[rows.Name]);
}

public sealed class PostgresVendorDocuments() : VendorAnswerContract(new PostgresData())
{
    public static TheoryData<RowName> Rows => VendorRows.NamesOf(VendorRows.Documents);

    [PostgresTheory]
    [MemberData(nameof(Rows))]
    public Task Row(RowName rows) => PlayAsync(VendorRows.Documents[rows.Name]);
}
