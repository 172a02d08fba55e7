namespace Gateway.Model.Settings;

/// <summary>What an operator names the entries of a setting by, as the documentation shows it: <c>&lt;kind&gt;</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class EntryNameAttribute(string name) : Attribute
{
    public string Name => name;
}
