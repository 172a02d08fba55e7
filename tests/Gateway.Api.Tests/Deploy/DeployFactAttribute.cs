using System.Runtime.CompilerServices;

namespace Gateway.Api.Tests.Deploy;

/// <summary>A test that needs the tools of <see cref="DeployTools"/>.</summary>
internal sealed class DeployFactAttribute : FactAttribute
{
    public DeployFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = DeployTools.Missing;
        SkipType = typeof(DeployTools);
        SkipUnless = nameof(DeployTools.IsDemanded);
    }
}
