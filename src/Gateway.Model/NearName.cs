namespace Gateway.Model;

/// <summary>Guesses what somebody meant who wrote a name that is none.</summary>
internal static class NearName
{
    // What is longer is no slip of the pen, and comparing it costs its square.
    private const int Longest = 128;

    /// <summary>
    /// The known name that is nearest, whatever the case of either: a third of its letters may be wrong. Null when none is near.
    /// </summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > Longest) return null;
        string? nearest = null;
        var least = ((name.Length + 1) / 3) + 1;
        foreach (var candidate in known)
        {
            if (candidate.Length > Longest || Edits(name, candidate) is var edits && edits >= least) continue;
            (nearest, least) = (candidate, edits);
        }

        return nearest;
    }

    /// <summary>The question an error asks, with a space before it; empty when nothing is near.</summary>
    public static string Question(string name, IEnumerable<string> known) => Of(name, known) is { } near ? $" Did you mean '{near}'?" : "";

    // Letters put in, left out, changed, or swapped with their neighbour; three rows of the usual table.
    private static int Edits(string one, string other)
    {
        var (older, last, row) = (new int[other.Length + 1], new int[other.Length + 1], new int[other.Length + 1]);
        for (var column = 0; column <= other.Length; column++) row[column] = column;
        for (var line = 1; line <= one.Length; line++)
        {
            (older, last, row) = (last, row, older);
            row[0] = line;
            for (var column = 1; column <= other.Length; column++)
            {
                var changed = last[column - 1] + (Same(one[line - 1], other[column - 1]) ? 0 : 1);
                row[column] = Math.Min(changed, 1 + Math.Min(last[column], row[column - 1]));
                if (line > 1 && column > 1 && Same(one[line - 1], other[column - 2]) && Same(one[line - 2], other[column - 1]))
                    row[column] = Math.Min(row[column], older[column - 2] + 1);
            }
        }

        return row[^1];
    }

    private static bool Same(char one, char other) => char.ToUpperInvariant(one) == char.ToUpperInvariant(other);
}
