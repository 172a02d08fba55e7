using System.Reflection;

namespace Gateway.Silo.Hosting.Settings;

/// <summary>A setting that may be written.</summary>
/// <param name="Path">As the operator writes it; <c>*</c> stands for a name or number of his own.</param>
/// <param name="Shown">The same as the documentation has it: such as <c>&lt;kind&gt;</c> where <c>*</c> stands.</param>
/// <param name="Type">What its text is read as.</param>
/// <param name="Property">Where it is declared, with its range and its default.</param>
internal sealed record KnownSetting(string Path, string Shown, Type Type, PropertyInfo Property);
