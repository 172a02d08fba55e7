namespace Gateway.Api.Tests.Support;

/// <summary>For tests that judge how long something takes: nothing else runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
