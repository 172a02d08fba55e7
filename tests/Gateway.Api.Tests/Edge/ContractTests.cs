namespace Gateway.Api.Tests.Edge;

/// <summary>A contract that no class runs is a test that cannot fail.</summary>
public sealed class ContractTests
{
    [Fact]
    public void Every_contract_is_run()
    {
        var types = typeof(ContractTests).Assembly.GetTypes();
        var idle = types.Where(
            type =>
                type.IsAbstract
                    && type.Name.EndsWith("Contract", StringComparison.Ordinal)
                    && !types.Any(other => !other.IsAbstract && other.IsSubclassOf(type)));
        Assert.Empty(idle.Select(type => type.Name));
    }
}
