using System.Runtime.CompilerServices;

namespace Gateway.Api.Tests.Clients;

/// <summary>A test that needs the installed client: skipped with its reason where it is missing, failed there in CI.</summary>
internal sealed class MmxFactAttribute : FactAttribute
{
    public MmxFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = "mmx-cli is not installed: run ./test.sh, or npm ci in tests/Gateway.Api.Tests/Clients";
        SkipType = typeof(MmxClientTests);
        SkipUnless = nameof(MmxClientTests.IsDemanded);
    }
}
