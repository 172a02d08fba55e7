using Gateway.Model.Kinds;

namespace Gateway.Model.Accounts;

/// <summary>An operation an account has no permission for, as an upstream answered.</summary>
/// <param name="Operation">Its name, see <see cref="Work.NameOf"/>.</param>
/// <param name="Until">When it is worth asking again.</param>
internal sealed record OperationBlock(string Operation, DateTimeOffset Until);
