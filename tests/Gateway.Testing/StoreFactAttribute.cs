using System.Runtime.CompilerServices;
using Xunit;

namespace Gateway.Testing;

/// <summary>A fact of a contract that several databases inherit; whoever opens a database that is not there is skipped.</summary>
public sealed class StoreFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1) : FactAttribute(sourceFilePath, sourceLineNumber);

/// <summary>Names the classes whose database is PostgreSQL.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsPostgresAttribute : Attribute;
