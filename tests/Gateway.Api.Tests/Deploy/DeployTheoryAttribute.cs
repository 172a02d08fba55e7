using System.Runtime.CompilerServices;

namespace Gateway.Api.Tests.Deploy;

/// <summary>The same with data.</summary>
internal sealed class DeployTheoryAttribute : TheoryAttribute
{
    public DeployTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = DeployTools.Missing;
        SkipType = typeof(DeployTools);
        SkipUnless = nameof(DeployTools.IsDemanded);
    }
}
