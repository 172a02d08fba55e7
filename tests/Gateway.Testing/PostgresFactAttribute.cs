using System.Runtime.CompilerServices;
using Xunit;

namespace Gateway.Testing;

/// <summary>A fact that needs PostgreSQL: skipped with a reason where there is none, failed there with <c>CI</c> set.</summary>
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = PostgresServer.Missing;
        SkipType = typeof(PostgresServer);
        SkipUnless = nameof(PostgresServer.IsDemanded);
    }
}
