using FsCheck;
using FsCheck.Fluent;

namespace Gateway.Grains.Tests.Support;

/// <summary>Runs a property over random cases; a failure names the smallest case found and the seed.</summary>
internal static class Law
{
    public static void Holds<T>(Gen<T> cases, Action<T> law, int tests = 300) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests), Prop.ForAll(cases.ToArbitrary(), law));

    /// <summary>As <see cref="Holds{T}(Gen{T}, Action{T}, int)"/> over lists, which shrink by leaving elements out.</summary>
    public static void HoldsForAll<T>(Gen<T> elements, Action<IReadOnlyList<T>> law, int tests = 300) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(tests).WithEndSize(60),
            Prop.ForAll(Arb.From(elements.ListOf().Select(list => list.ToList()), Shorter), list => law(list)));

    private static IEnumerable<List<T>> Shorter<T>(List<T> list)
    {
        for (var half = list.Count / 2; half >= 1; half /= 2)
            for (var from = 0; from + half <= list.Count; from += half)
                yield return [.. list[..from], .. list[(from + half)..]];
    }
}
