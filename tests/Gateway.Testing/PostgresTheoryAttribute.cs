using System.Runtime.CompilerServices;
using Xunit;

namespace Gateway.Testing;

/// <summary>A theory that needs PostgreSQL: skipped, or failed, like <see cref="PostgresFactAttribute"/>.</summary>
internal sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = PostgresServer.Missing;
        SkipType = typeof(PostgresServer);
        SkipUnless = nameof(PostgresServer.IsDemanded);
    }
}
