namespace Gateway.Silo.Hosting.Settings;

/// <summary>
/// One feature's options and where in the configuration they stand. Several features may share a section: each takes what it declares.
/// </summary>
/// <param name="Path">The section, such as <c>Gateway:Queue</c>.</param>
/// <param name="Options">The feature's class.</param>
internal sealed record SettingsSection(string Path, Type Options);
