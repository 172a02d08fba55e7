using System.ComponentModel.DataAnnotations;

namespace Gateway.Model.Settings;

/// <summary>The rule of two settings of which one must not be the longer.</summary>
internal static class TimeOrder
{
    public static IEnumerable<ValidationResult> Check(string shorterName, TimeSpan? shorter, string longerName, TimeSpan? longer)
    {
        if (shorter > longer)
            yield return new ValidationResult(
                $"is {Duration.Show(longer.Value)}; it must not be below {shorterName} ({Duration.Show(shorter.Value)})", [longerName]);
    }
}
