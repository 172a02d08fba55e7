namespace Gateway.Grains.Tests.Docs;

internal static class Faults
{
    /// <summary>Fails with each fault on a line of its own: a list's own assertion would cut them short.</summary>
    public static void None(IEnumerable<string> faults)
    {
        var all = faults.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }
}
