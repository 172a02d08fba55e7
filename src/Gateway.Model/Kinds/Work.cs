using Gateway.Model.Ids;

namespace Gateway.Model.Kinds;

/// <summary>What an operation needs of an account, as far as routing is concerned.</summary>
/// <param name="Kind">The kind of work.</param>
/// <param name="Model">The model asked for; null when the request names none.</param>
/// <param name="Pinned">The only account that may serve it, or null for any.</param>
/// <param name="Operation">Which of the kind's operations.</param>
/// <param name="Units">How many times the price it may cost: pieces asked for. No part of the lane: any account may serve any
/// number.</param>
internal sealed record Work(
    JobKind Kind, string? Model, AccountId? Pinned = null, int Units = 1, WorkOperation Operation = WorkOperation.Plain)
{
    /// <summary>The longest model name accepted; MiniMax's longest has 24 characters.</summary>
    public const int MaxModelLength = 128;

    /// <summary>
    /// The lane a job of this work waits in. Jobs of one lane can be served by the same accounts, so a lane that has to
    /// wait blocks no other, and only its head need be looked at.
    /// </summary>
    public string Lane =>
        Operation == WorkOperation.Plain
            ? $"{Kind.Name}|{Pinned?.Value ?? "*"}|{Model}"
            : $"{Kind.Name}.{Operation.Name}|{Pinned?.Value ?? "*"}|{Model}";

    /// <summary>What an account is, or is not, permitted to do: the operation, or the kind where that is named after it.</summary>
    public static string NameOf(JobKind kind, WorkOperation operation) => operation == WorkOperation.Plain ? kind.Name : operation.Name;

    /// <summary>The longest name of a lane.</summary>
    public const int MaxLaneLength = MaxModelLength + 128;

    /// <summary>Reads a lane's name back.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Work FromLane(string lane)
    {
        var parts = lane.Split('|', 3);
        var what = parts[0].Split('.', 2);
        if (parts.Length != 3 || !JobNames.TryParseKind(what[0], out var kind)) throw new FormatException($"'{lane}' is no lane.");
        return new Work(kind, parts[2].Length == 0 ? null : parts[2], parts[1] == "*" ? null : new AccountId(parts[1]))
        {
            Operation = what.Length == 2 ? WorkOperations.Parse(what[1]) : WorkOperation.Plain,
        };
    }

    /// <summary>Whether a text is the name of a lane, as a lane would write it.</summary>
    public static bool IsLane(string text)
    {
        try
        {
            return FromLane(text).Lane == text;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
