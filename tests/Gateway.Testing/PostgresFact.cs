using System.ComponentModel;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Gateway.Testing;

/// <summary>A fact that needs PostgreSQL: skipped with a reason where there is none, failed there with <c>CI</c> set.</summary>
[XunitTestCaseDiscoverer("Gateway.Testing.PostgresDiscoverer", "Gateway.Testing")]
public sealed class PostgresFactAttribute : FactAttribute;

/// <summary>A theory that needs PostgreSQL: skipped, or failed, like <see cref="PostgresFactAttribute"/>.</summary>
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public override string? Skip
    {
        get => base.Skip ?? PostgresServer.SkipReason;
        set => base.Skip = value;
    }
}

/// <summary>A fact of a contract that several databases inherit; skipped like <see cref="PostgresFactAttribute"/> in classes that <see cref="NeedsPostgresAttribute">need PostgreSQL</see>.</summary>
[XunitTestCaseDiscoverer("Gateway.Testing.StoreDiscoverer", "Gateway.Testing")]
public sealed class StoreFactAttribute : FactAttribute;

/// <summary>Every <see cref="StoreFactAttribute"/> of this class needs PostgreSQL.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsPostgresAttribute : Attribute;

/// <summary>Finds the tests of <see cref="PostgresFactAttribute"/>; xunit makes it by name.</summary>
public sealed class PostgresDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        [new PostgresTestCase(messages, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];
}

/// <summary>Finds the tests of <see cref="StoreFactAttribute"/>; xunit makes it by name.</summary>
public sealed class StoreDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        var display = discoveryOptions.MethodDisplayOrDefault();
        var options = discoveryOptions.MethodDisplayOptionsOrDefault();
        return testMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsPostgresAttribute)).Any()
            ? [new PostgresTestCase(messages, display, options, testMethod)]
            : [new XunitTestCase(messages, display, options, testMethod)];
    }
}

/// <summary>A test that asks for PostgreSQL when it is about to run.</summary>
public sealed class PostgresTestCase : XunitTestCase
{
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("Only for xunit's deserialiser.", error: true)]
    public PostgresTestCase()
    {
    }

    public PostgresTestCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(messages, display, options, method)
    {
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) => base.GetSkipReason(factAttribute) ?? PostgresServer.SkipReason;
}
