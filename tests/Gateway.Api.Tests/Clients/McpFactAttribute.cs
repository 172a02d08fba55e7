using System.Runtime.CompilerServices;

namespace Gateway.Api.Tests.Clients;

/// <summary>A test that needs the installed client: skipped with its reason where it is missing, failed there in CI.</summary>
internal sealed class McpFactAttribute : FactAttribute
{
    public McpFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = "minimax-mcp-js is not installed: run ./test.sh, or npm ci in tests/Gateway.Api.Tests/Clients";
        SkipType = typeof(McpClient);
        SkipUnless = nameof(McpClient.IsDemanded);
    }
}
