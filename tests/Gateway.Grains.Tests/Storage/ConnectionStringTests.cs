using Gateway.Engine.Storage;
using Gateway.Storage.Postgres;

namespace Gateway.Grains.Tests.Storage;

public sealed class ConnectionStringTests
{
    [Theory]
    [InlineData("Host=a,b;Target Session Attributes=standby", "must be primary or read-write")]
    [InlineData("Host=a,b;Target Session Attributes=any", "must be primary or read-write")]
    [InlineData("Host=a;Port=often", "no PostgreSQL connection string")]
    [InlineData("Gateway", "no PostgreSQL connection string")]
    [InlineData("Hostess=a", "no PostgreSQL connection string")]
    public void S1_A_connection_string_that_cannot_serve_is_refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<GatewaySetupException>(() => PostgresDatabase.Open(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Host=a;Username=x")]
    [InlineData("Host=a,b:5433;Username=x")]
    [InlineData("Host=a,b;Target Session Attributes=primary")]
    [InlineData("Host=a,b;Target Session Attributes=read-write;Maximum Pool Size=3")]
    public async Task S4_One_host_or_several_can_be_named(string text)
    {
        await using var database = PostgresDatabase.Open(text);
        await using var plain = database.OpenPlain();
        Assert.Contains("Host=a", plain.ConnectionString, StringComparison.Ordinal);
    }
}
