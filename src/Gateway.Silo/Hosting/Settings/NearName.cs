namespace Gateway.Silo.Hosting.Settings;

/// <summary>Finds what somebody meant who misspelt a name.</summary>
internal static class NearName
{
    /// <summary>
    /// The known setting that is spelt most alike; null where none is alike enough. A <c>*</c> takes whatever was written in its place.
    /// </summary>
    public static string? OfSetting(string given)
    {
        var parts = given.Split(':');
        var near = SettingsTree.All.Select(setting => setting.Path.Split(':')).Where(known => known.Length == parts.Length)
            .Where(known => known.Zip(parts).All(pair => Slips(pair.First, pair.Second) <= Most(pair.Second)))
            .MinBy(known => known.Zip(parts).Sum(pair => Slips(pair.First, pair.Second)));
        return near is null ? null : string.Join(':', near.Zip(parts).Select(pair => pair.First == "*" ? pair.Second : pair.First));
    }

    /// <summary>The name that is spelt most alike; null where none is alike enough.</summary>
    public static string? Of(string given, IEnumerable<string> known) =>
        known.Select(name => (Name: name, Distance: Distance(name, given)))
            .Where(near => near.Distance <= Most(given))
            .OrderBy(near => near.Distance)
            .FirstOrDefault().Name;

    private static int Slips(string known, string given) => known == "*" ? 0 : Distance(known, given);

    // Two slips in a short name make another word, in a long one they are slips.
    private static int Most(string given) => given.Length <= 4 ? 1 : given.Length <= 12 ? 2 : 4;

    // Levenshtein's, of two names that are short: one row of it at a time.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var cost = char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(diagonal + cost, Math.Min(row[j], row[j - 1]) + 1));
            }
        }

        return row[other.Length];
    }
}
