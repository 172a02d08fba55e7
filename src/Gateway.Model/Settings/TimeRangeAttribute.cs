using System.ComponentModel.DataAnnotations;

namespace Gateway.Model.Settings;

/// <summary>The shortest and the longest a setting may be, as operators write times. A list must have each of its times within.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TimeRangeAttribute(string least, string most) : ValidationAttribute
{
    private readonly TimeSpan _least = Read(least);
    private readonly TimeSpan _most = Read(most);

    public string Least => least;

    public string Most => most;

    /// <summary>Null is for <see cref="RequiredAttribute"/> to refuse.</summary>
    public override bool IsValid(object? value) => value switch
    {
        null => true,
        TimeSpan time => time >= _least && time <= _most,
        IEnumerable<TimeSpan> times => times.All(time => time >= _least && time <= _most),
        _ => false,
    };

    public override string FormatErrorMessage(string name) => $"must be from {least} to {most}";

    private static TimeSpan Read(string text) =>
        Duration.TryParse(text, out var time, out var rule) ? time : throw new FormatException($"'{text}' {rule}.");
}
