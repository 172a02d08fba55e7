namespace Gateway.Silo.Hosting.Settings;

/// <summary>A setting that may be written.</summary>
/// <param name="Path">As the operator writes it; <c>*</c> stands for a name or number of his own.</param>
/// <param name="Type">What its text is read as.</param>
internal sealed record KnownSetting(string Path, Type Type);
